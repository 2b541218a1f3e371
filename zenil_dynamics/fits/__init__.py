from zenil_dynamics.fits.base import AbstractFit as AbstractFit
from zenil_dynamics.fits.maximum_likelihood import MaximumLikelihood as MaximumLikelihood
from zenil_dynamics.fits.maximum_likelihood import Unbiased as Unbiased
from zenil_dynamics.fits.perturbed import Perturbed as Perturbed
from zenil_dynamics.fits.smoothed import Smoothed as Smoothed
