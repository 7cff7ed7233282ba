/* The signal handlers, and the two variables that they share with the program. */
#include "src/cli/signals.h"

#include "src/cli/command.h"

#include <signal.h>
#include <unistd.h>

static oc_job *volatile running_job; /* a signal handler reads it */
static volatile sig_atomic_t stop_asked;

bool got_signal(void)
{
    return stop_asked;
}

/* The first signal cancels the work. It also removes the handler, so that the second one kills the process. */
static void on_signal(int number)
{
    (void)number;
    stop_asked = 1;
    if (running_job) {
        oc_job_cancel(running_job);
    }
}

/* Installs the handler, unless the signal was ignored when the process started (nohup, background of a script). */
static void catch_signal(int number)
{
    struct sigaction stop = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND}, before;
    if (sigaction(number, NULL, &before) == 0 && before.sa_handler != SIG_IGN) {
        sigaction(number, &stop, NULL);
    }
}

/* Rows are read from a mapped file. When the file has become shorter, or its disk fails, the process cannot continue.
 * An unfinished output keeps its temporary name, as after a kill, and the next run replaces it. */
static void on_lost_file(int number, siginfo_t *info, void *context)
{
    (void)context;
    static const char message[] = "ocellus: a file that was being read became shorter, or its disk cannot be read\n";
    if (info->si_code == BUS_ADRERR) {
        ssize_t ignored = write(STDERR_FILENO, message, sizeof message - 1);
        (void)ignored;
        _exit(EXIT_FAILED);
    }
    signal(number, SIG_DFL);
    raise(number);
}

void signals_start(void)
{
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    sigaction(SIGPIPE, &ignore, NULL);
    sigaction(SIGXFSZ, &ignore, NULL); /* then write fails at the limit of file sizes, as on a full disk */
    struct sigaction lost = {.sa_sigaction = on_lost_file, .sa_flags = (int)SA_SIGINFO};
    sigaction(SIGBUS, &lost, NULL);
}

void signals_cancel(oc_job *job)
{
    running_job = job;
    if (job) {
        catch_signal(SIGINT);
        catch_signal(SIGTERM);
        catch_signal(SIGHUP);
    }
}
