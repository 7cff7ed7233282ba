/* The hinge is minimised with its kink rounded off. With slopes a of the rounded loss, a m is below max(0, m) for every
 * margin m, whatever the weights: a lower bound of F, as in the dual of the hinge, that lies lower than F by the mean of
 * max(0, m) - a m at most, and by the gap of the rounded problem. Where the first is what matters, the rounding is narrowed:
 * late, for a wide bend is what makes the passes few. */
#include "src/learn/finish.h"

#include "src/base/threads.h"
#include "src/learn/loss.h"
#include "src/learn/remainder.h"

static const double ROUNDING = 0.12, NARROWER = 0.25;

oc_status oc_finish_run(const oc_method *m, oc_finish *finish, oc_objective *objective, double *gap, oc_job *job,
                        oc_error *err)
{
    size_t total = finish->before + finish->passes, first = finish->steps;
    bool moved = true, kink = oc_losses[m->problem->loss].rounded;
    oc_remainder remainder = {.steps = 0};
    m->problem->rounding = kink ? ROUNDING : 0;
    oc_status status = m->start(m->state, objective, job, err);
    while (status == OC_OK) {
        double promise = m->plan(m->state, job), goal = finish->tolerance * objective->value,
               before = objective->rounded;
        double left = oc_remainder_left(&remainder, before, promise);
        bool believed = !kink || finish->steps - first >= m->trusted;
        *gap = objective->slack + left;
        if ((*gap <= goal && believed) || !finish->passes || !moved) {
            break;
        }
        if (objective->slack > goal / 2 && left < objective->slack) {
            m->problem->rounding *= NARROWER;
            oc_remainder_restart(&remainder, before);
            finish->passes--;
            finish->before++;
            status = m->start(m->state, objective, job, err);
            continue;
        }
        status = m->step(m->state, finish, objective, &moved, job, err);
        if (status == OC_OK && moved) {
            oc_remainder_step(&remainder, before, promise);
            finish->steps++;
            oc_job_loss(job, finish->before, total, finish->steps, objective->loss);
        }
        oc_job_progress(job, "training", finish->before, total);
    }
    return status;
}
