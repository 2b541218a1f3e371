"""log sigma_k^2 is a sum of k terms; its law by Fourier transform has less above log eps^2."""

import numpy as np

n, eps, k = 10, 0.1, 100
h = 0.002
y = h * np.arange(-200000, 200000) + h / (2 * k)  # so that sums lie half a step beside 0
x = y + 2 * np.log(eps) / k  # log(chi^2 / (n-1)); k of them exceed log eps^2 where k of y exceed 0
law = np.exp((n - 1) / 2 * (x - np.exp(np.minimum(x, 9))))
sums = np.fft.ifft(np.fft.fft(np.fft.ifftshift(law / sum(law))) ** k).real
value, bound = sum(sums[:200000]), np.exp(-k / (4 * n - 1)) / (2 * eps)
print(value, "<", bound)
