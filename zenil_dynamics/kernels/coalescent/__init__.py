from zenil_dynamics.kernels.coalescent.genealogy import Genealogy as Genealogy
from zenil_dynamics.kernels.coalescent.preparation import Shares as Shares
from zenil_dynamics.kernels.coalescent.preparation import prepare as prepare
from zenil_dynamics.kernels.coalescent.tally import tally as tally
from zenil_dynamics.kernels.coalescent.type_law import TypeLaw as TypeLaw
