#include "CPosix.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>

// What a process opens is reported by seccomp_unotify(2): the kernel stops it at the calls that the filter names, until it
// is instructed to go on. Nothing is allowed or refused by what is found, so it does not matter that a name may change
// between the look and the call.

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

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
enum { callCount = sizeof calls / sizeof *calls, filterLimit = callCount + 24 };

#define DATA(member) (unsigned)offsetof(struct seccomp_data, member)
#define LOAD(where) (struct sock_filter) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, where)
#define RETURN(value) (struct sock_filter) BPF_STMT(BPF_RET | BPF_K, value)
#define JUMP(test, value, yes, no) \
  (struct sock_filter) BPF_JUMP(BPF_JMP | test | BPF_K, value, yes, no)

/// The filter. The start of the program itself, told by where its name lies, is let pass: nobody could answer yet.
static unsigned short make_filter(struct sock_filter *filter, const char *executable) {
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

static int install(const struct sock_fprog *program) {
  // Not allowed, a filter makes the whole program slower on some processors (before Linux 5.16).
  const unsigned flags = SECCOMP_FILTER_FLAG_NEW_LISTENER | SECCOMP_FILTER_FLAG_SPEC_ALLOW;
  long listener = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, program);
  // Who has no rights over the system must promise first that no program gains any.
  if (listener < 0 && errno == EACCES && !prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
    listener = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, program);
  return (int)listener;
}

#ifndef SECCOMP_IOCTL_NOTIF_SET_FLAGS
#define SECCOMP_IOCTL_NOTIF_SET_FLAGS _IOW(SECCOMP_IOC_MAGIC, 4, __u64)
#define SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP 1UL
#endif

/// The process that calls and the one that answers always wait for each other, so each wakes the other on its own
/// processor (Linux 6.6; earlier ones refuse, and it only takes longer).
static void wake_on_one_processor(int listener) {
  ioctl(listener, SECCOMP_IOCTL_NOTIF_SET_FLAGS, SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP);
}

static int send_descriptor(int socket, int descriptor) {
  char byte = 0;
  union {
    struct cmsghdr header;
    char bytes[CMSG_SPACE(sizeof(int))];
  } control = {0};
  struct iovec part = {&byte, 1};
  struct msghdr message = {
      .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
  struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof(int));
  memcpy(CMSG_DATA(header), &descriptor, sizeof descriptor);
  return sendmsg(socket, &message, MSG_NOSIGNAL) == 1 ? 0 : -1;
}

static int receive_descriptor(int socket) {
  char byte;
  union {
    struct cmsghdr header;
    char bytes[CMSG_SPACE(sizeof(int))];
  } control = {0};
  struct iovec part = {&byte, 1};
  struct msghdr message = {
      .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
  if (recvmsg(socket, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT) <= 0) return -1;
  struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  int descriptor = -1;
  if (header && header->cmsg_type == SCM_RIGHTS)
    memcpy(&descriptor, CMSG_DATA(header), sizeof descriptor);
  return descriptor;
}

/// What the child does, in the memory of the parent: system calls alone. Returns only if it failed.
static void become(const char *executable, char *const *arguments, char *const *environment,
                   const char *directory, const int *sources, int is_session, int socket,
                   const struct sock_fprog *program, volatile int *code, volatile int *untold) {
  struct sigaction standard = {.sa_handler = SIG_DFL};
  for (int number = 1; number < NSIG; number++)
    if (number != SIGKILL && number != SIGSTOP) sigaction(number, &standard, NULL);
  if ((is_session ? setsid() : setpgid(0, 0)) < 0 || (directory && chdir(directory) < 0)) {
    *code = errno;
    return;
  }
  int listener = install(program);
  if (listener < 0 || send_descriptor(socket, listener) < 0) {
    *untold = errno;
    return;
  }
  for (int target = 0; target < 3; target++)
    if (sources[target] == target ? fcntl(target, F_SETFD, 0) < 0
                                  : dup2(sources[target], target) < 0) {
      *code = errno;
      return;
    }
  closefrom(3);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  execve(executable, arguments, environment);
  *code = errno;
}

int cposix_spawn_traced(pid_t *pid, int *listener, const char *executable, char *const *arguments,
                        char *const *environment, const char *directory, const int *descriptors,
                        int is_session) {
  *listener = -1;
  int sockets[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets)) return -1;
  // A source below 3 that is wanted elsewhere would be overwritten by an earlier dup2.
  int sources[3], moved[3] = {-1, -1, -1}, status = 0;
  volatile int code = 0, untold = 0;
  for (int i = 0; i < 3; i++) {
    sources[i] = descriptors[i];
    if (sources[i] < 3 && sources[i] != i) {
      moved[i] = fcntl(sources[i], F_DUPFD_CLOEXEC, 3);
      if (moved[i] < 0 && !code) code = errno;
      sources[i] = moved[i];
    }
  }
  struct sock_filter filter[filterLimit];
  struct sock_fprog program = {make_filter(filter, executable), filter};
  sigset_t all, before;
  sigfillset(&all);
  if (!code) {
    // No handler of this program may run in the child, which shares its memory.
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pid_t child = vfork();
    if (child == 0) {
      become(executable, arguments, environment, directory, sources, is_session, sockets[1],
             &program, &code, &untold);
      _exit(127);
    }
    if (child < 0) code = errno;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (child > 0 && !code && !untold) {
      *pid = child;
      *listener = receive_descriptor(sockets[0]);
      if (*listener < 0) {
        untold = EBADF;
        kill(-child, SIGKILL);
      } else {
        wake_on_one_processor(*listener);
      }
    }
    if (child > 0 && (code || untold))
      while (waitpid(child, &status, 0) < 0 && errno == EINTR) {}
  }
  for (int i = 0; i < 3; i++)
    if (moved[i] >= 0) close(moved[i]);
  close(sockets[0]);
  close(sockets[1]);
  if (!untold) return code;
  errno = untold;
  return -1;
}

/// Reads a text that ends with 0 from another process, a page at a time: the next one may not be there.
static int read_text(pid_t pid, uint64_t address, char *text, size_t size) {
  size_t length = 0;
  while (length < size) {
    size_t part = 4096 - (address & 4095);
    if (part > size - length) part = size - length;
    struct iovec here = {text + length, part}, there = {(void *)(uintptr_t)address, part};
    ssize_t count = process_vm_readv(pid, &here, 1, &there, 1, 0);
    if (count <= 0) return -1;
    if (memchr(text + length, 0, (size_t)count)) return 0;
    length += (size_t)count;
    address += (uint64_t)count;
  }
  return -1;
}

/// The path without `.` and empty parts; false where it has a `..`, which only the disk can resolve.
static int tidy(char *path) {
  char *to = path;
  for (char *from = path; *from;) {
    while (*from == '/') from++;
    char *end = strchrnul(from, '/');
    size_t length = (size_t)(end - from);
    if (length == 2 && from[0] == '.' && from[1] == '.') return 0;
    if (length && !(length == 1 && *from == '.')) {
      *to++ = '/';
      memmove(to, from, length);
      to += length;
    }
    from = end;
  }
  *to = 0;
  return 1;
}

static int is_below(const char *path, const char *root, size_t length) {
  return !strncmp(path, root, length) && (path[length] == '/' || (length == 1 && *root == '/'));
}

/// Where libraries and devices lie: not asked whether a link leads from there into a project.
static int is_of_the_system(const char *path) {
  static const char *const folders[] = {"/usr/", "/lib", "/etc/", "/proc/", "/sys/", "/dev/"};
  for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
    if (!strncmp(path, folders[i], strlen(folders[i]))) return 1;
  return 0;
}

/// Whether the call that is about to be made may read a file. One that cannot be looked at counts: the one who judges the
/// unit by it then says that it cannot be read.
static int may_be_a_file(const char *path) {
  struct stat status;
  if (!stat(path, &status)) return S_ISREG(status.st_mode);
  return errno != ENOENT && errno != ENOTDIR && errno != ELOOP && errno != ENAMETOOLONG;
}

/// Makes the path absolute, as the process sees it, and tells whether it lies below the root.
static int resolve(pid_t pid, int directory, char *path, const char *root, size_t length) {
  char whole[PATH_MAX], link[64];
  if (!*path) return 0;
  if (*path != '/') {
    if (directory == AT_FDCWD)
      snprintf(link, sizeof link, "/proc/%d/cwd", pid);
    else
      snprintf(link, sizeof link, "/proc/%d/fd/%d", pid, directory);
    ssize_t count = readlink(link, whole, sizeof whole - 1);
    if (count <= 0 || (size_t)count + strlen(path) + 2 > sizeof whole) return 0;
    whole[count] = '/';
    strcpy(whole + count + 1, path);
    strcpy(path, whole);
  }
  strcpy(whole, path);
  if (tidy(whole)) {
    strcpy(path, whole);
    if (is_below(path, root, length)) return 1;
    if (is_of_the_system(path)) return 0;
  }
  int opened = open(path, O_PATH | O_CLOEXEC);
  if (opened < 0) return 0;
  snprintf(link, sizeof link, "/proc/self/fd/%d", opened);
  ssize_t count = readlink(link, path, PATH_MAX - 1);
  close(opened);
  if (count <= 0) return 0;
  path[count] = 0;
  return is_below(path, root, length);
}

int cposix_trace_receive(int listener, const char *root, size_t root_length,
                         struct cposix_opened *opened) {
  // The kernel's structure may be larger than that of the headers.
  union {
    struct seccomp_notif call;
    char bytes[1024];
  } notice;
  memset(&notice, 0, sizeof notice);
  if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &notice.call)) return -1;
  const struct seccomp_data *data = &notice.call.data;
  pid_t pid = (pid_t)notice.call.pid;
  opened->id = notice.call.id;
  opened->kind = cposix_opened_nothing;
  int directory = AT_FDCWD, kind = cposix_opened_read;
  uint64_t name = data->args[0], flags = 0;
  switch (data->nr) {
    case __NR_openat:
      directory = (int)data->args[0], name = data->args[1], flags = data->args[2];
      break;
    case __NR_openat2: {
      directory = (int)data->args[0], name = data->args[1];
      struct iovec here = {&flags, sizeof flags}, there = {(void *)(uintptr_t)data->args[2], 8};
      if (process_vm_readv(pid, &here, 1, &there, 1, 0) != sizeof flags) return 0;
      break;
    }
    case __NR_execve: break;
    case __NR_execveat: directory = (int)data->args[0], name = data->args[1]; break;
    case __NR_renameat:
    case __NR_renameat2:
    case __NR_linkat:
      directory = (int)data->args[2], name = data->args[3], kind = cposix_opened_written;
      break;
#ifdef __NR_open
    case __NR_open: flags = data->args[1]; break;
    case __NR_creat: kind = cposix_opened_written; break;
    case __NR_rename:
    case __NR_link: name = data->args[1], kind = cposix_opened_written; break;
#endif
    default: return 0;
  }
  if ((flags & O_ACCMODE) != O_RDONLY || flags & (O_CREAT | O_TRUNC)) kind = cposix_opened_written;
  if (flags & (O_DIRECTORY | O_PATH)) return 0;
  if (read_text(pid, name, opened->path, sizeof opened->path)) return 0;
  if (!resolve(pid, directory, opened->path, root, root_length)) return 0;
  if (kind == cposix_opened_read && !may_be_a_file(opened->path)) return 0;
  opened->kind = kind;
  return 0;
}

int cposix_trace_answer(int listener, const struct cposix_opened *opened) {
  struct seccomp_notif_resp response = {
      .id = opened->id, .flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE};
  return ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &response);
}

#else

int cposix_spawn_traced(pid_t *pid, int *listener, const char *executable, char *const *arguments,
                        char *const *environment, const char *directory, const int *descriptors,
                        int is_session) {
  errno = ENOSYS;
  return -1;
}

int cposix_trace_receive(int listener, const char *root, size_t root_length,
                         struct cposix_opened *opened) {
  errno = ENOSYS;
  return -1;
}

int cposix_trace_answer(int listener, const struct cposix_opened *opened) {
  errno = ENOSYS;
  return -1;
}

#endif
