/* First program of the guest: loads what mounts its disk, mounts it, and becomes systemd. */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

/* A module that needs another one fails until that is loaded: round after round until all are. */
static void load_modules(void) {
  char path[512];
  for (int round = 0; round < 5; round++) {
    DIR *folder = opendir("/modules");
    for (struct dirent *entry; folder != NULL && (entry = readdir(folder)) != NULL;) {
      if (entry->d_name[0] == '.') continue;
      snprintf(path, sizeof path, "/modules/%s", entry->d_name);
      int file = open(path, O_RDONLY);
      if (syscall(SYS_finit_module, file, "", 0) == 0) unlink(path);
      close(file);
    }
    if (folder != NULL) closedir(folder);
  }
}

int main(void) {
  const char *kept[] = {"/dev", "/proc", "/sys"};
  char moved[16];
  mount("proc", "/proc", "proc", 0, 0);
  mount("sysfs", "/sys", "sysfs", 0, 0);
  mount("dev", "/dev", "devtmpfs", 0, 0);
  load_modules();
  for (int tries = 0; tries < 500 && access("/dev/vda", F_OK) != 0; tries++) usleep(10000);
  if (mount("/dev/vda", "/new", "ext4", 0, "") != 0) {
    perror("the guest's disk");
    return 1;
  }
  for (int i = 0; i < 3; i++) {
    snprintf(moved, sizeof moved, "/new%s", kept[i]);
    mount(kept[i], moved, 0, MS_MOVE, 0);
  }
  if (chdir("/new") != 0 || mount("/new", "/", 0, MS_MOVE, 0) != 0 || chroot(".") != 0 || chdir("/") != 0) return 1;
  execl("/usr/lib/systemd/systemd", "/sbin/init", NULL);
  perror("systemd");
  return 1;
}
