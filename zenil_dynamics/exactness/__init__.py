from zenil_dynamics.exactness.ladder import exact as exact
from zenil_dynamics.exactness.reach import NotReachable as NotReachable
from zenil_dynamics.exactness.slack import numerical_slack as numerical_slack
