/* Scaling of feature columns, z = (x - shift) * scale:
 *
 *     none       z = x u
 *     center     z = (x - mean) u (for pixels: minus the mean image)
 *     range      z in [-1, 1] over the training rows
 *     standard   z has mean 0 and standard deviation 1; auto means the same here
 *     pareto     z = (x - mean) / sqrt(deviation), in units of the mean variance of the columns: between center and
 *                standard, so that large columns still weigh more than small ones (van den Berg et al., 2006)
 *     unit       center of rows divided by their length: for embeddings, whose length carries little information
 *
 * A column that is constant over the training rows has scale 0 with range, standard and pareto: it carries no
 * information. With equal stage weights, the scales of each block of columns are multiplied by sqrt(V / (B v)), where v
 * is the sum of the variances of its scaled columns and V the sum over all B blocks: then all blocks have the same mean
 * squared length.
 *
 * The spread is the square root of the mean variance of the columns. The unit u is 1 if the spread is in 2^-6 .. 2^10,
 * as for images. Otherwise u is the power of two for which the spread becomes 1/2 to 1, so that squares of values of
 * 1e-30 or 1e30 do not exceed the range of single precision. With none, a column whose mean is more than 1,024 spreads
 * from 0 is centred too, because single precision has too few digits for mean and spread; this changes neither
 * distances nor, with a free bias, the set of possible linear classifiers. If the scale of a column would overflow,
 * because its values are below 1e-38, the scales of all columns are multiplied by one factor that makes the largest
 * FLT_MAX. */
#ifndef OC_LEARN_SCALER_H
#define OC_LEARN_SCALER_H

#include <ocellus/classifier.h>

/* shift (D), scale (D), mean (D) of the unscaled columns (with unit: of unit rows), and the mean variance of the scaled
 * columns. The caller owns the arrays. */
typedef struct oc_scaling {
    float *shift, *scale, *mean;
    double variance;
} oc_scaling;

/* Computes the scaling of rows (N,D). OC_BAD_DATA, with row and column (from 0), when a value is NaN or infinite;
 * OC_BAD_DATA also when the difference of a value from the mean of its column overflows; OC_NO_MEMORY. Sums are in
 * double precision, over tiles of rows that depend on N alone. The view of rows that are scaled later must have the
 * same `unit`, which is set for OC_SCALE_UNIT. */
oc_status oc_scaler_fit(const oc_rows *rows, oc_scale kind, oc_stage_weight weight, oc_scaling *out, oc_job *job,
                        oc_error *err);

/* z (D): row i of the view, scaled. */
void oc_scaler_row(const oc_rows *rows, size_t i, const float *shift, const float *scale, float *z);

#endif
