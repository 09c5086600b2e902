#include "CPosix.h"
#include "trace.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/seccomp.h>

#ifdef ARCHITECTURE

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
  int listener = cposix_trace_install(program);
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
  struct sock_filter filter[cposix_filter_limit];
  struct sock_fprog program = {cposix_trace_filter(filter, executable), filter};
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

#else

int cposix_spawn_traced(pid_t *pid, int *listener, const char *executable, char *const *arguments,
                        char *const *environment, const char *directory, const int *descriptors,
                        int is_session) {
  errno = ENOSYS;
  return -1;
}

#endif
