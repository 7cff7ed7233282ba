/* Messages about unexpected contents of the folders of a data set. */
#ifndef OC_CLI_FOLDERS_H
#define OC_CLI_FOLDERS_H

#include "src/cli/command.h"

/* Sends notes about folders without images, and images deeper than the class folders. */
void note_folders(const char *path, const oc_dataset *dataset);

/* OC_BAD_DATA: the folders of `path` are parts of a data set. The message has the command that was probably meant,
 * quoted for a shell. */
oc_status fail_parts(const cli_settings *settings, const char *path, const oc_parts *parts, oc_error *err);

#endif
