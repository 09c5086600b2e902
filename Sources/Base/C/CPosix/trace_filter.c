#include "trace.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/seccomp.h>

#ifdef ARCHITECTURE

enum { allow, notify, checkFirst, checkSecond, checkProgram };

/// The calls that are reported; other kinds of calls on the same machine (32 bit) are not.
static const struct {
  unsigned number;
  int action;
} calls[] = {
    {__NR_openat, checkSecond}, {__NR_execve, checkProgram}, {__NR_openat2, notify},
    {__NR_execveat, notify},    {__NR_renameat2, notify},    {__NR_linkat, notify},
    {__NR_renameat, notify},
#ifdef __NR_open
    {__NR_open, checkFirst},    {__NR_creat, notify},        {__NR_rename, notify},
    {__NR_link, notify},
#endif
};
enum { callCount = sizeof calls / sizeof *calls };
_Static_assert(callCount + 24 <= cposix_filter_limit, "a filter does not fit");

#define DATA(member) (unsigned)offsetof(struct seccomp_data, member)
#define LOAD(where) (struct sock_filter) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, where)
#define RETURN(value) (struct sock_filter) BPF_STMT(BPF_RET | BPF_K, value)
#define JUMP(test, value, yes, no) \
  (struct sock_filter) BPF_JUMP(BPF_JMP | test | BPF_K, value, yes, no)

unsigned short cposix_trace_filter(struct sock_filter *filter, const char *executable) {
  uintptr_t name = (uintptr_t)executable;
  unsigned n = 0;
  filter[n++] = LOAD(DATA(arch));
  filter[n++] = JUMP(BPF_JEQ, ARCHITECTURE, 1, 0);
  filter[n++] = RETURN(SECCOMP_RET_ALLOW);
  filter[n++] = LOAD(DATA(nr));
  unsigned first = n;
  n += callCount;
  filter[n++] = RETURN(SECCOMP_RET_ALLOW);
  unsigned second = n;
  filter[n++] = LOAD(DATA(args[2]));
  filter[n++] = JUMP(BPF_JA, 1, 0, 0);
  unsigned open = n;
  filter[n++] = LOAD(DATA(args[1]));
  // A folder is no file, and what is opened for its path alone is not read.
  filter[n++] = JUMP(BPF_JSET, O_DIRECTORY | O_PATH, 0, 1);
  filter[n++] = RETURN(SECCOMP_RET_ALLOW);
  unsigned told = n;
  filter[n++] = RETURN(SECCOMP_RET_USER_NOTIF);
  unsigned program = n;
  filter[n++] = LOAD(DATA(args[0]));
  filter[n++] = JUMP(BPF_JEQ, (unsigned)name, 0, 3);
  filter[n++] = LOAD(DATA(args[0]) + 4);
  filter[n++] = JUMP(BPF_JEQ, (unsigned)((uint64_t)name >> 32), 0, 1);
  filter[n++] = RETURN(SECCOMP_RET_ALLOW);
  filter[n++] = RETURN(SECCOMP_RET_USER_NOTIF);
  for (unsigned i = 0; i < callCount; i++) {
    unsigned at = first + i;
    unsigned target = calls[i].action == checkFirst     ? open
                      : calls[i].action == checkSecond  ? second
                      : calls[i].action == checkProgram ? program
                                                        : told;
    filter[at] = JUMP(BPF_JEQ, calls[i].number, (unsigned char)(target - at - 1), 0);
  }
  return (unsigned short)n;
}

int cposix_trace_install(const struct sock_fprog *program) {
  // Not allowed, a filter makes the whole program slower on some processors (before Linux 5.16).
  const unsigned flags = SECCOMP_FILTER_FLAG_NEW_LISTENER | SECCOMP_FILTER_FLAG_SPEC_ALLOW;
  long listener = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, program);
  // Who has no rights over the system must promise first that no program gains any.
  if (listener < 0 && errno == EACCES && !prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
    listener = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, program);
  return (int)listener;
}

#endif
