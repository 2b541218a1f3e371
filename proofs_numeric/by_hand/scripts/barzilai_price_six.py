"""Where variance grows with the square of the mean, wandering feeds itself: more than pi^2/6."""

from math import pi

family, n, T = "exponential", 10, 2000
v2 = {"exponential": 1, "geometric": 1, "gamma": 1 / 4}[family]  # V(m) = v1 m + v2 m^2
error, variance = 0.0, 1.0  # E (m_s - m_0)^2 and E V(m_s), in units of V(m_0)
for s in range(1, T + 1):
    error += variance / (n * s**2)
    variance *= 1 + v2 / (n * s**2)
value, bound = n * error, pi**2 / 6
print(value, ">", bound)
