/* Scaling of feature columns, z = (x - shift) * scale:
 *
 *     none       z = x u
 *     center     z = (x - mean) u (for pixels: the mean image is taken away)
 *     range      z in [-1, 1] over the training rows
 *     standard   z has mean 0 and standard deviation 1; what auto is here, too
 *     pareto     z = (x - mean) / sqrt(deviation), in the unit of the columns' mean variance: half of the way from
 *                center to standard, which leaves large columns ahead of small ones (van den Berg et al., 2006)
 *     unit       center of rows that were divided by their length: for embeddings, whose length carries little
 *
 * A column that is constant over the training rows gets scale 0 under range, standard and pareto: it carries nothing.
 * With equal stage weights the scales of each block of columns are multiplied by sqrt(V / (B v)), v being the sum of the
 * variances of its scaled columns, V that of all B blocks: all blocks then have the same mean squared length.
 *
 * The unit u is 1 if the spread, the root of the columns' mean variance, is between 2^-6 and 2^10, as it is for images.
 * Otherwise u is the power of two for which the spread becomes 1/2 to 1, so that rows of 1e-30 or 1e30 do not leave the
 * range of single precision when they are squared. Under none a column whose mean is more than 1,024 spreads from 0 is
 * centred too: single precision would not hold both. That changes neither distances nor, the bias being free, what a
 * linear classifier can learn. Where the scale of a column would be no float, because its values are below 1e-38, the scales
 * of all columns are multiplied so that the largest is FLT_MAX: their ratios stay. */
#ifndef OC_LEARN_SCALER_H
#define OC_LEARN_SCALER_H

#include <ocellus/classifier.h>

/* Shift (D), scale (D), mean (D) of the columns as they are (of unit rows under unit), and the variance of scaled
 * columns, averaged over the columns. The caller owns the arrays. */
typedef struct oc_scaling {
    float *shift, *scale, *mean;
    double variance;
} oc_scaling;

/* Of rows (N,D). OC_BAD_DATA when a value is NaN or infinite, naming its row and column (from 0), and when a value is
 * farther from the mean of its column than the largest float; OC_NO_MEMORY. The sums are in double precision, over tiles
 * of rows fixed by N alone. Rows that are scaled afterwards must be a view with the same `unit`, which is set under
 * OC_SCALE_UNIT. */
oc_status oc_scaler_fit(const oc_rows *rows, oc_scale kind, oc_stage_weight weight, oc_scaling *out, oc_job *job,
                        oc_error *err);

/* One row: z (D) from x of the view. */
void oc_scaler_row(const oc_rows *rows, size_t i, const float *shift, const float *scale, float *z);

#endif
