from zenil_dynamics.phases.classify import Phase as Phase
from zenil_dynamics.phases.classify import Regime as Regime
from zenil_dynamics.phases.classify import classify as classify
from zenil_dynamics.phases.diagram import draw_diagram as draw_diagram
from zenil_dynamics.phases.diagram import limit_in_words as limit_in_words
from zenil_dynamics.phases.horizon import retained_diversity as retained_diversity
from zenil_dynamics.phases.horizon import whole_samples as whole_samples
