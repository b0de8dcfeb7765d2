#!/bin/bash
# The guest system, from Debian's packages, in the folder CACHE; what is there already is kept. Needs root (a tree with owners).
#   build.sh CACHE   root tree, drivers that Debian's kernel leaves out, first program, image
#   build.sh CACHE app REPOSITORY   Pitwall as it is built now, an image of its own
set -euo pipefail
cache=$1
here=$(cd "$(dirname "$0")" && pwd)
mirror=$(awk '/^URIs:/ { print $2; exit }' /etc/apt/sources.list.d/*.sources)
root=$cache/root
mkdir -p "$cache"

root_tree() {
  [ -d "$root/etc" ] && return
  rm -rf "$root.new"
  mmdebstrap --quiet --mode=root --variant=minbase --aptopt='Acquire::Languages "none"' \
    --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
    --include=systemd,systemd-sysv,udev,dbus,kmod,linux-image-amd64,linux-headers-amd64,make,nodejs,gpiod,i2c-tools,v4l-utils,iproute2,procps,python3-minimal,python3-evdev,libgomp1,libatomic1 \
    trixie "$root.new" "deb $mirror trixie main"
  mv "$root.new" "$root"
}

# pwm-pca9685 and gpio-sim, out of the source package of the same kernel. gpio-sim needs irq_sim, which is no module there:
# generic_handle_irq is exported to modules and calls the handler that handle_simple_irq(irq_to_desc()) would.
drivers() {
  local kernel source
  kernel=$(ls "$root/lib/modules" | head -1)
  [ -f "$root/lib/modules/$kernel/extra/gpio-sim.ko" ] && return
  chroot "$root" sh -c 'apt-get update && cd /opt && apt-get download linux-source-6.12' > /dev/null
  rm -rf "$root/opt/drivers" && mkdir "$root/opt/drivers"
  dpkg-deb --fsys-tarfile "$root"/opt/linux-source-6.12_*.deb | tar xO ./usr/src/linux-source-6.12.tar.xz |
    tar xJf - -C "$root/opt/drivers" --strip-components=1 --wildcards '*/drivers/pwm/pwm-pca9685.c' '*/drivers/gpio/gpio-sim.c' \
      '*/drivers/gpio/gpiolib*.h' '*/kernel/irq/irq_sim.c'
  source=$root/opt/drivers
  mv "$source"/drivers/*/*.[ch] "$source"/kernel/irq/*.c "$source"
  printf 'obj-m := pwm-pca9685.o irq-sim-module.o gpio-sim.o\nirq-sim-module-y := irq_sim.o license.o\n' > "$source/Makefile"
  printf '#include <linux/module.h>\nMODULE_LICENSE("GPL");\nMODULE_DESCRIPTION("irq_sim");\n' > "$source/license.c"
  sed -i 's/handle_simple_irq(irq_to_desc(\(.*\)));/generic_handle_irq(\1);/' "$source/irq_sim.c"
  chroot "$root" make -s -C "/usr/src/linux-headers-$kernel" M=/opt/drivers modules
  mkdir -p "$root/lib/modules/$kernel/extra" && cp "$source"/*.ko "$root/lib/modules/$kernel/extra/"
  chroot "$root" depmod "$kernel"
}

# A car's computer as firmware-config/README.md sets it up: user, groups; its rules and units come with the app's image.
image() {
  local kernel tree=$cache/tree initrd=$cache/initrd
  [ "$cache/base.img" -nt "$here/build.sh" ] && return
  kernel=$(ls "$root/lib/modules" | head -1)
  rm -rf "$tree" && cp -al "$root" "$tree"
  rm -rf "$tree"/opt/* "$tree"/usr/src/* "$tree"/var/cache/apt/* "$tree"/var/lib/apt/lists/* "$tree"/usr/lib/gcc "$tree"/usr/libexec/gcc
  put() { rm -f "$tree/$1"; mkdir -p "$(dirname "$tree/$1")"; cat > "$tree/$1"; } # never through a hard link
  echo car | put etc/hostname
  printf '/dev/vda / ext4 rw,relatime 0 1\n/dev/vdb /opt/pitwall ext4 ro,noatime 0 0\n' | put etc/fstab
  mkdir -p "$tree/opt/pitwall"
  : | put etc/machine-id
  for file in passwd group shadow gshadow subuid subgid; do [ ! -f "$tree/etc/$file" ] || put "etc/$file" < "$root/etc/$file"; done
  chroot "$tree" useradd --system --create-home pitwall
  for group in gpio i2c; do chroot "$tree" groupadd --system --force $group; done
  chroot "$tree" usermod -aG gpio,i2c,dialout,video,input pitwall
  ln -sf /opt/pitwall/agent/bin/pitwall-agent.js "$tree/usr/bin/pitwall-agent"
  ln -sf /opt/pitwall/controller/bin/pitwall.js "$tree/usr/bin/pitwall"
  put etc/systemd/system/scenario.service << 'UNIT'
[Unit]
RequiresMountsFor=/opt/pitwall
After=systemd-udevd.service
[Service]
ExecStart=/bin/bash /opt/pitwall/test/machine/guest/run.sh
StandardOutput=file:/dev/ttyS1
StandardError=inherit
ExecStopPost=/usr/bin/systemctl poweroff --force --force
[Install]
WantedBy=multi-user.target
UNIT
  chroot "$tree" systemctl --quiet enable scenario
  chroot "$tree" systemctl --quiet mask apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer fstrim.timer \
    systemd-timesyncd getty@tty1 serial-getty@ttyS0 systemd-networkd-wait-online
  rm -rf "$initrd" && mkdir -p "$initrd"/{proc,sys,dev,new,modules}
  for module in virtio virtio_ring virtio_pci virtio_pci_legacy_dev virtio_pci_modern_dev virtio_blk crc16 crc32c_generic crc32c-intel mbcache jbd2 libcrc32c ext4; do
    find "$root/lib/modules/$kernel" -name "$module.ko*" -exec cp {} "$initrd/modules/" \;
  done
  find "$initrd/modules" -name '*.xz' -exec xz -d {} +
  gcc -O2 -static -o "$initrd/init" "$here/init.c"
  (cd "$initrd" && find . | cpio --quiet -o -H newc) | gzip -1 > "$cache/initrd.gz"
  cp "$root/boot/vmlinuz-$kernel" "$cache/vmlinuz"
  rm -rf "$tree"/boot/* "$cache/base.img"
  mke2fs -q -t ext4 -d "$tree" "$cache/base.img" 2500M
  rm -rf "$tree"
}

app() {
  local tree=$cache/app
  rm -rf "$tree" && mkdir "$tree"
  tar -C "$1" -cf - --exclude='*/darwin' --exclude='*/win32' --exclude='onnxruntime-node/bin/*/linux/arm64' --exclude=.cache \
    --exclude='node_modules/@biomejs' --exclude='node_modules/@typescript' --exclude='node_modules/typescript' --exclude='node_modules/@rolldown' \
    --exclude='node_modules/playwright-core' --exclude='node_modules/lightningcss*' --exclude='node_modules/vite' --exclude='node_modules/vitest' \
    --exclude='node_modules/@mantine' --exclude='node_modules/@tabler' --exclude='node_modules/@oxc-*' --exclude='*.d.ts' --exclude='*.map' \
    package.json node_modules agent protocol firmware-config controller/package.json controller/bin controller/dist controller/node_modules \
    test/machine/guest $(cd "$1" && ls -d controller/web/package.json test/package.json) | tar -C "$tree" -xf -
  chown -R 0:0 "$tree"
  rm -f "$cache/app.img"
  mke2fs -q -t ext4 -d "$tree" "$cache/app.img" $(($(du -sm "$tree" | cut -f1) * 13 / 10 + 40))M
  rm -rf "$tree"
}

case ${2:-} in
  app) app "$3" ;;
  *) root_tree && drivers && image ;;
esac
