/* Intervals and tests for accuracies. */
#include <ocellus/evaluate.h>

#include <math.h>

static const double Z95 = 1.959963984540054; /* two-sided 95 % point of the normal distribution */

/* Wilson, "Probable inference, the law of succession, and statistical inference", 1927:
 * centre (p + z^2 / 2n) / (1 + z^2 / n), half width z sqrt(p (1 - p) / n + z^2 / 4n^2) / (1 + z^2 / n). */
void oc_wilson(size_t correct, size_t count, double *low, double *high)
{
    if (count == 0) {
        *low = 0;
        *high = 1;
        return;
    }
    double n = (double)count, p = (double)correct / n, z2 = Z95 * Z95;
    double center = (p + z2 / (2 * n)) / (1 + z2 / n);
    double half = Z95 * sqrt(p * (1 - p) / n + z2 / (4 * n * n)) / (1 + z2 / n);
    *low = correct == 0 ? 0 : fmax(0, center - half);
    *high = correct == count ? 1 : fmin(1, center + half);
}

/* McNemar's exact test (1947). If the accuracies are equal, each image that exactly one of the two classifies correctly
 * is a coin toss: the two-sided tail of the binomial distribution, summed in logarithms. */
double oc_mcnemar(size_t only_first, size_t only_second)
{
    size_t n = only_first + only_second, fewer = only_first < only_second ? only_first : only_second;
    if (2 * fewer >= n) {
        return 1;
    }
    double tail = 0, total = (double)n;
    for (size_t k = 0; k <= fewer; k++) {
        double chosen = (double)k;
        tail += exp(lgamma(total + 1) - lgamma(chosen + 1) - lgamma(total - chosen + 1) - total * log(2));
    }
    return fmin(1, 2 * tail);
}
