#include "CPosix.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static int add_actions(posix_spawn_file_actions_t *actions, const char *directory,
                       const int *sources) {
  int error = 0;
  for (int target = 0; target < 3 && !error; target++)
    error = posix_spawn_file_actions_adddup2(actions, sources[target], target);
  if (!error) error = posix_spawn_file_actions_addclosefrom_np(actions, 3);
  if (!error && directory) error = posix_spawn_file_actions_addchdir_np(actions, directory);
  return error;
}

static int set_attributes(posix_spawnattr_t *attributes, int is_session) {
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  int error = posix_spawnattr_setsigmask(attributes, &none);
  if (!error) error = posix_spawnattr_setsigdefault(attributes, &all);
  if (!error) error = posix_spawnattr_setpgroup(attributes, 0);
  // The leader of a session leads its group too, and could not be moved into one.
  short group = is_session ? POSIX_SPAWN_SETSID : POSIX_SPAWN_SETPGROUP;
  if (!error)
    error = posix_spawnattr_setflags(
        attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | group);
  return error;
}

int cposix_spawn(pid_t *pid, const char *executable, char *const *arguments,
                 char *const *environment, const char *directory, const int *descriptors,
                 int is_session) {
  // A source below 3 that is wanted elsewhere would be overwritten by an earlier dup2.
  int sources[3], moved[3] = {-1, -1, -1};
  int error = 0;
  for (int i = 0; i < 3; i++) {
    sources[i] = descriptors[i];
    if (sources[i] < 3 && sources[i] != i && !error) {
      moved[i] = fcntl(sources[i], F_DUPFD_CLOEXEC, 3);
      if (moved[i] < 0) error = errno;
      sources[i] = moved[i];
    }
  }

  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  if (!error) error = posix_spawn_file_actions_init(&actions);
  if (!error) {
    error = posix_spawnattr_init(&attributes);
    if (!error) {
      error = add_actions(&actions, directory, sources);
      if (!error) error = set_attributes(&attributes, is_session);
      if (!error)
        error = posix_spawn(pid, executable, &actions, &attributes, arguments, environment);
      posix_spawnattr_destroy(&attributes);
    }
    posix_spawn_file_actions_destroy(&actions);
  }

  for (int i = 0; i < 3; i++)
    if (moved[i] >= 0) close(moved[i]);
  return error;
}

int cposix_process_descriptor(pid_t pid) { return (int)syscall(SYS_pidfd_open, pid, 0); }

int cposix_exit(int process, int reap, int *signalled, int *value) {
  siginfo_t info = {0};
  int options = WEXITED | WNOHANG | (reap ? 0 : WNOWAIT);
  int result;
  do result = waitid(P_PIDFD, (id_t)process, &info, options);
  while (result == -1 && errno == EINTR);
  if (result == -1) return -1;
  if (info.si_pid == 0) return 0;
  *signalled = info.si_code != CLD_EXITED;
  *value = info.si_status;
  return 1;
}

int cposix_adopt_orphans(int adopts) {
  return prctl(PR_SET_CHILD_SUBREAPER, (unsigned long)adopts, 0, 0, 0);
}

char **cposix_environment(void) { return environ; }

int cposix_processor_count(void) {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0) return CPU_COUNT(&set);
  long online = sysconf(_SC_NPROCESSORS_ONLN);
  return online > 0 ? (int)online : 1;
}
