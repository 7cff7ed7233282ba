/* A model card: what a model is, what it was made of, how good it is and where it ends, in Markdown. */
#ifndef OC_CLI_CARD_H
#define OC_CLI_CARD_H

#include <ocellus/evaluate.h>

#include <stdio.h>

/* name: what the reader calls the model, its path. test: how it did on test data called test_name; NULL: unknown. */
void print_card(FILE *stream, const oc_model *model, const char *name, const oc_evaluation *test,
                const char *test_name);

#endif
