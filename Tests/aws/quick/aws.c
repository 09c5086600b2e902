// The client of server.py beside this file: asks it to run `aws`, and ends as that ended.
//
// usage: aws WORD...

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

extern char **environ;

enum { FILES = 5, FAILED = 255 };

static _Noreturn void fail(const char *what) {
  perror(what);
  exit(FAILED);
}

// Appends a text without its end; each but the first after a zero byte.
static void append(FILE *request, const char *text) {
  fputc('\0', request);
  fputs(text, request);
}

int main(int count, char **words) {
  const char *path = getenv("PIPELINE_TEST_AWS_SOCKET");
  if (path == NULL) {
    fputs("PIPELINE_TEST_AWS_SOCKET is not set\n", stderr);
    return FAILED;
  }
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  strncpy(address.sun_path, path, sizeof(address.sun_path) - 1);
  int connection = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (connect(connection, (struct sockaddr *)&address, sizeof(address)) != 0) fail(path);

  // The number of words, the words, the folder and the variables, after their length in hexadecimal.
  char folder[PATH_MAX], *body = NULL;
  size_t size = 0;
  if (getcwd(folder, sizeof(folder)) == NULL) fail("getcwd");
  FILE *request = open_memstream(&body, &size);
  if (request == NULL) fail("open_memstream");
  fprintf(request, "%d", count - 1);
  for (int word = 1; word < count; word++) append(request, words[word]);
  append(request, folder);
  for (char **variable = environ; *variable != NULL; variable++) append(request, *variable);
  if (fclose(request) != 0) fail("request");
  char length[9];
  snprintf(length, sizeof(length), "%08zx", size);

  // With what this process sees as its files: an instance of the stand-in has its own.
  int files[FILES] = {0, 1, 2, open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC),
                      open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  char control[CMSG_SPACE(sizeof(files))] = {0};
  struct iovec piece = {.iov_base = length, .iov_len = 8};
  struct msghdr message = {
      .msg_iov = &piece, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof(control)};
  struct cmsghdr *rights = CMSG_FIRSTHDR(&message);
  rights->cmsg_level = SOL_SOCKET;
  rights->cmsg_type = SCM_RIGHTS;
  rights->cmsg_len = CMSG_LEN(sizeof(files));
  memcpy(CMSG_DATA(rights), files, sizeof(files));
  if (sendmsg(connection, &message, MSG_NOSIGNAL) != 8) fail("sendmsg");
  for (size_t sent = 0; sent < size;) {
    ssize_t step = send(connection, body + sent, size - sent, MSG_NOSIGNAL);
    if (step < 0) fail("send");
    sent += (size_t)step;
  }
  unsigned char code;
  return recv(connection, &code, 1, 0) == 1 ? code : FAILED;
}
