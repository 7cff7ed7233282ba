/* The class that scores name. */
#include "src/learn/best_score.h"

#include <math.h>
#include <stdbool.h>

size_t oc_best_score(const float *scores, size_t classes)
{
    size_t best = 0;
    bool finite = true;
    for (size_t c = 0; c < classes; c++) {
        best = scores[c] > scores[best] ? c : best;
        finite = finite && isfinite(scores[c]);
    }
    return finite ? best : classes;
}
