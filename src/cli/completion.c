/* Writes the completion script for bash: a case for each command, with its options and the values of each option. */
#include "src/cli/completion.h"

#include "src/cli/describe.h"

#include <string.h>

static void put_names(FILE *stream, const command_list *commands)
{
    for (size_t i = 0; i < commands->count; i++) {
        fprintf(stream, "%s%s", i ? " " : "", commands->items[i]->name);
    }
}

static void put_stages(FILE *stream)
{
    for (size_t i = 0; i < oc_stage_count(); i++) {
        fprintf(stream, "%s%s", i ? " " : "", oc_stage_describe(i).name);
    }
}

static void put_option(void *context, const option_text *o)
{
    if (o->letter) {
        fprintf(context, "-%c ", o->letter);
    }
    fprintf(context, "--%s ", o->param->name);
}

/* Writes the values of an option: file names, unless its table lists other values. */
static void put_values(void *context, const option_text *o)
{
    FILE *stream = context;
    if (o->param->type == OC_FLAG) {
        return;
    }
    fputs("        ", stream);
    if (o->letter) {
        fprintf(stream, "-%c | ", o->letter);
    }
    fprintf(stream, "--%s) ", o->param->name);
    if (strcmp(o->argument, "SPEC") == 0) {
        fputs("values='", stream);
        put_stages(stream);
        fputs("' follow=words ;;\n", stream);
    } else if (o->param->choices) {
        fputs("values='", stream);
        for (size_t i = 0; o->param->choices[i]; i++) {
            fprintf(stream, "%s%s", i ? " " : "", o->param->choices[i]);
        }
        fputs("' follow=words ;;\n", stream);
    } else {
        fputs(o->param->type == OC_TEXT ? "follow=files ;;\n" : "follow=value ;;\n", stream);
    }
}

static void put_command(FILE *stream, const command_list *commands, const cli_command *command)
{
    fprintf(stream, "    %s)\n        options='", command->name);
    each_option(&command->options, put_option, stream);
    fputs("'\n", stream);
    if (command_can(command, NAMES_COMMANDS)) {
        fputs("        values='", stream);
        put_names(stream, commands);
        fputs(" stages' follow=words\n", stream);
    }
    fputs("        case $before in\n", stream);
    each_option(&command->options, put_values, stream);
    fputs("        esac\n        ;;\n", stream);
}

void completion_for_bash(FILE *stream, const command_list *commands)
{
    fputs("# Completion of ocellus for bash. Written by 'ocellus help --format bash'.\n"
          "_ocellus()\n"
          "{\n"
          "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}\n"
          "    local command='' options='-h --help -V --version' values='' follow=files i\n"
          "    if [[ $word == = ]]; then # --option=\n"
          "        word=''\n"
          "    elif [[ $before == = ]]; then\n"
          "        before=${COMP_WORDS[COMP_CWORD - 2]}\n"
          "    fi\n"
          "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
          "        if [[ ${COMP_WORDS[i]} != -* ]]; then\n"
          "            command=${COMP_WORDS[i]}\n"
          "            break\n"
          "        fi\n"
          "    done\n"
          "    case $command in\n"
          "    '')\n"
          "        values='",
          stream);
    put_names(stream, commands);
    fputs("' follow=words\n        ;;\n", stream);
    for (size_t i = 0; i < commands->count; i++) {
        put_command(stream, commands, commands->items[i]);
    }
    fputs("    esac\n"
          "    COMPREPLY=()\n"
          "    if [[ $follow != value && $word == -* ]]; then\n"
          "        values=$options follow=words\n"
          "    fi\n"
          "    if [[ $follow == words ]]; then\n"
          "        mapfile -t COMPREPLY < <(compgen -W \"$values\" -- \"$word\")\n"
          "    fi\n"
          "    if [[ $follow != files ]]; then\n"
          "        compopt +o default 2>/dev/null # no file names\n"
          "    fi\n"
          "}\n"
          "complete -o default -F _ocellus ocellus\n",
          stream);
}
