#include "CPosix.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

int cposix_clone(int target, int source) { return ioctl(target, FICLONE, source); }

ssize_t cposix_copy_range(int source, int target, size_t length) {
  return copy_file_range(source, NULL, target, NULL, length, 0);
}

int cposix_sync_file_system(int descriptor) { return syncfs(descriptor); }

int cposix_begin_writing_back(int descriptor) {
  return sync_file_range(descriptor, 0, 0, SYNC_FILE_RANGE_WRITE);
}

int cposix_set_modified(const char *path, int64_t seconds, int64_t nanoseconds) {
  struct timespec times[2] = {{.tv_nsec = UTIME_OMIT},
                              {.tv_sec = seconds, .tv_nsec = nanoseconds}};
  return utimensat(AT_FDCWD, path, times, 0);
}

int cposix_file_system(const char *path, uint32_t *magic, int64_t *freeBytes) {
  struct statfs buffer;
  if (statfs(path, &buffer) == -1) return -1;
  *magic = (uint32_t)buffer.f_type;
  *freeBytes = (int64_t)buffer.f_bavail * (int64_t)(buffer.f_frsize ? buffer.f_frsize : buffer.f_bsize);
  return 0;
}

size_t cposix_compare(const char *names, const uint32_t *offsets, const int64_t *states,
                      size_t from, size_t to, uint32_t *differing, size_t limit) {
  size_t count = 0;
  for (size_t n = from; n < to && count < limit; n++) {
    const int64_t *known = states + 5 * n;
    struct stat now;
    int isSame;
    if (stat(names + offsets[n], &now) == -1) {
      isSame = known[0] == -1 && (errno == ENOENT || errno == ENOTDIR);
    } else {
      isSame = known[0] == (int64_t)now.st_dev && known[1] == (int64_t)now.st_ino &&
               known[2] == (int64_t)now.st_size &&
               known[3] == (int64_t)now.st_mtim.tv_sec * 1000000000 + now.st_mtim.tv_nsec &&
               known[4] == (int64_t)now.st_ctim.tv_sec * 1000000000 + now.st_ctim.tv_nsec;
    }
    if (!isSame) differing[count++] = (uint32_t)n;
  }
  return count;
}

unsigned cposix_device_major(uint64_t device) { return major(device); }
unsigned cposix_device_minor(uint64_t device) { return minor(device); }
