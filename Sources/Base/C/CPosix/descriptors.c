#include "CPosix.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

int cposix_pipe(int descriptors[2]) { return pipe2(descriptors, O_CLOEXEC); }

int cposix_open(const char *path, int flags, mode_t mode) {
  return open(path, flags | O_CLOEXEC, mode);
}

int cposix_open_directory_at(int directory, const char *name) {
  return openat(directory, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

int cposix_open_at(int directory, const char *name, int flags, mode_t mode) {
  return openat(directory, name, flags | O_CLOEXEC, mode);
}

int cposix_set_nonblocking(int descriptor) {
  int flags = fcntl(descriptor, F_GETFL);
  return flags == -1 ? -1 : fcntl(descriptor, F_SETFL, flags | O_NONBLOCK);
}

int cposix_enlarge_pipe(int descriptor, int bytes) {
  return fcntl(descriptor, F_SETPIPE_SZ, bytes);
}

int cposix_is_only_opener(int descriptor) {
  // The one who opens the file meanwhile has the holder signalled: by default with one that ends it.
  if (fcntl(descriptor, F_SETSIG, SIGURG) == -1) return -1;
  if (fcntl(descriptor, F_SETLEASE, F_WRLCK) == -1) return errno == EAGAIN ? 0 : -1;
  return fcntl(descriptor, F_SETLEASE, F_UNLCK) == -1 ? -1 : 1;
}

int cposix_poll(void *interests, size_t count, int64_t nanoseconds) {
  struct timespec limit = {.tv_sec = nanoseconds / 1000000000, .tv_nsec = nanoseconds % 1000000000};
  return ppoll(interests, count, &limit, NULL);
}

int cposix_event_descriptor(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

int cposix_signal_descriptor(const int *signals, size_t count) {
  sigset_t set;
  sigemptyset(&set);
  for (size_t i = 0; i < count; i++)
    if (sigaddset(&set, signals[i]) == -1) return -1;
  int error = pthread_sigmask(SIG_BLOCK, &set, NULL);
  if (error) {
    errno = error;
    return -1;
  }
  return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

int cposix_next_signal(int descriptor) {
  struct signalfd_siginfo info;
  ssize_t count;
  do count = read(descriptor, &info, sizeof info);
  while (count == -1 && errno == EINTR);
  return count == (ssize_t)sizeof info ? (int)info.ssi_signo : 0;
}
