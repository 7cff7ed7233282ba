/* The class names of a model. */
#include "src/model/object.h"

size_t oc_model_classes(const oc_model *model)
{
    return model->classifier->classes;
}

const char *oc_model_class(const oc_model *model, size_t label)
{
    return model->classes[label];
}

static const char *class_of(const void *model, size_t label)
{
    return oc_model_class(model, label);
}

oc_label_list oc_model_class_list(const oc_model *model)
{
    return (oc_label_list){oc_model_classes(model), class_of, model};
}
