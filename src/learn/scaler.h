/* Scaling of feature columns, z = (x - shift) * scale:
 *
 *     none       z = x
 *     center     z = x - mean (for pixels: the mean image is taken away)
 *     range      z in [-1, 1] over the training rows
 *     standard   z has mean 0 and standard deviation 1; what auto is here, too
 *
 * A column that is constant over the training rows gets scale 0 under range and standard: it carries nothing. */
#ifndef OC_LEARN_SCALER_H
#define OC_LEARN_SCALER_H

#include <ocellus/classifier.h>

/* rows (N,D) -> shift (D), scale (D), mean (D) of the columns as they are, and the variance of scaled
 * columns, averaged over the columns. OC_BAD_DATA when a value is NaN or infinite, naming its row and column
 * (from 0); OC_NO_MEMORY. The sums are in double precision, over tiles of rows fixed by N alone. */
oc_status oc_scaler_fit(const oc_rows *rows, oc_scale kind, float *shift, float *scale, float *mean, double *variance,
                        oc_job *job, oc_error *err);

/* One row: z (D) from x of the view. */
void oc_scaler_row(const oc_rows *rows, size_t i, const float *shift, const float *scale, float *z);

#endif
