from zenil_dynamics.kernels.base import AbstractKernel as AbstractKernel
from zenil_dynamics.kernels.base import Recorder as Recorder
from zenil_dynamics.kernels.choice import AUTOMATIC as AUTOMATIC
from zenil_dynamics.kernels.choice import KERNELS as KERNELS
from zenil_dynamics.kernels.choice import choose as choose
