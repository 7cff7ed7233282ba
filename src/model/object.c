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

oc_class_list oc_model_class_list(const oc_model *model)
{
    return (oc_class_list){oc_model_classes(model), (const char *const *)model->classes};
}
