#!/bin/bash
# The guest system, from Debian's packages, in the folder CACHE; what is there already is kept. Needs root (a tree with owners).
#   build.sh CACHE KERNEL   6.12 (trixie's) or 5.10 (bullseye's): drivers that Debian's kernel leaves out, ours, an image; trixie's programs
#   build.sh CACHE app REPOSITORY   Pitwall as it is built now, an image of its own
set -euo pipefail
cache=$1
here=$(cd "$(dirname "$0")" && pwd)
mirror=$(awk '/^URIs:/ { print $2; exit }' /etc/apt/sources.list.d/*.sources)
programs=$cache/root-trixie
mkdir -p "$cache"

root_tree() { # SUITE PACKAGES
  [ ! -d "$cache/root-$1/etc" ] || return 0
  rm -rf "$cache/root-$1.new"
  mmdebstrap --quiet --mode=root --variant=minbase --aptopt='Acquire::Languages "none"' \
    --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
    --include="linux-image-amd64,linux-headers-amd64,make$2" "$1" "$cache/root-$1.new" "deb $mirror $1 main"
  mv "$cache/root-$1.new" "$cache/root-$1"
}

trees() {
  root_tree trixie ,systemd,systemd-sysv,udev,dbus,kmod,nodejs,gpiod,i2c-tools,v4l-utils,iproute2,procps,python3-minimal,python3-evdev,libgomp1,libatomic1
  [ "$suite" = trixie ] || root_tree "$suite" ,gcc,xz-utils
}

# pwm-pca9685 and a chip of GPIO lines, out of the source package of the same kernel; and the bus with its chips, which is ours. The
# GPIO lines need irq_sim, which is no module there: generic_handle_irq is exported to modules and calls the handler that
# handle_simple_irq(irq_to_desc()) would.
drivers() {
  local source=$tree/opt/drivers extra=$tree/lib/modules/$release/extra
  if [ ! -d "$source" ]; then
    chroot "$tree" sh -c "apt-get -q update && cd /opt && apt-get -q download linux-source-$kernel" > /dev/null
    mkdir "$source.new"
    dpkg-deb --fsys-tarfile "$tree"/opt/linux-source-"$kernel"_*.deb | tar xO "./usr/src/linux-source-$kernel.tar.xz" |
      tar xJf - -C "$source.new" --strip-components=1 --wildcards '*/drivers/pwm/pwm-pca9685.c' "*/drivers/gpio/$gpio.c" \
        '*/drivers/gpio/gpiolib*.h' '*/kernel/irq/irq_sim.c' '*/drivers/iio/imu/bmi160/bmi160*.[ch]'
    find "$source.new" -mindepth 2 -type f -exec mv {} "$source.new" \;
    sed -i 's/handle_simple_irq(irq_to_desc(\(.*\)));/generic_handle_irq(\1);/' "$source.new/irq_sim.c"
    printf '#include <linux/module.h>\nMODULE_LICENSE("GPL");\nMODULE_DESCRIPTION("irq_sim");\n' > "$source.new/license.c"
    rm -f "$tree"/opt/*.deb
    mv "$source.new" "$source"
  fi
  [ "$extra/i2c_chips.ko" -nt "$here/modules/i2c_chips.c" ] && return
  cp "$here/modules/i2c_chips.c" "$source"
  {
    echo "obj-m := pwm-pca9685.o irq-sim-module.o $gpio.o i2c_chips.o"
    echo 'irq-sim-module-y := irq_sim.o license.o'
    find "$tree/lib/modules/$release/kernel" -name 'bmi160_i2c.ko*' | grep -q . || echo 'obj-m += bmi160_core.o bmi160_i2c.o'
  } > "$source/Makefile"
  chroot "$tree" make -s -C "/usr/src/linux-headers-$release" M=/opt/drivers modules
  mkdir -p "$extra" && cp "$source"/*.ko "$extra"
  chroot "$tree" depmod "$release"
}

# A car's computer as firmware-config/README.md sets it up: user, groups; its rules and units come with the app's image.
image() {
  local image=$cache/$kernel new=$cache/tree initrd=$cache/initrd
  [ "$image/base.img" -nt "$here/build.sh" ] && [ "$image/base.img" -nt "$tree/lib/modules/$release/extra/i2c_chips.ko" ] && return
  rm -rf "$new" && cp -al "$programs/" "$new"
  rm -rf "$new"/opt/* "$new"/usr/src/* "$new"/var/cache/apt/* "$new"/var/lib/apt/lists/* "$new"/usr/lib/gcc "$new"/usr/libexec/gcc "$new"/boot/*
  if [ "$tree" != "$programs" ]; then
    rm -rf "$new"/usr/lib/modules/* && cp -al "$tree/lib/modules/$release" "$new/usr/lib/modules/"
  fi
  put() { rm -f "$new/$1"; mkdir -p "$(dirname "$new/$1")"; cat > "$new/$1"; } # never through a hard link
  echo car | put etc/hostname
  printf '/dev/vda / ext4 rw,relatime 0 1\n/dev/vdb /opt/pitwall ext4 ro,noatime 0 0\n' | put etc/fstab
  mkdir -p "$new/opt/pitwall"
  : | put etc/machine-id
  for file in passwd group shadow gshadow subuid subgid; do [ ! -f "$new/etc/$file" ] || put "etc/$file" < "$programs/etc/$file"; done
  chroot "$new" useradd --system --create-home pitwall
  for group in gpio i2c; do chroot "$new" groupadd --system --force $group; done
  chroot "$new" usermod -aG gpio,i2c,dialout,video,input pitwall
  ln -sf /opt/pitwall/agent/bin/pitwall-agent.js "$new/usr/bin/pitwall-agent"
  ln -sf /opt/pitwall/controller/bin/pitwall.js "$new/usr/bin/pitwall"
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
  chroot "$new" systemctl --quiet enable scenario
  chroot "$new" systemctl --quiet mask apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer fstrim.timer \
    systemd-timesyncd getty@tty1 serial-getty@ttyS0 systemd-networkd-wait-online
  rm -rf "$initrd" && mkdir -p "$initrd"/{proc,sys,dev,new,modules} "$image"
  for module in virtio virtio_ring virtio_pci virtio_pci_legacy_dev virtio_pci_modern_dev virtio_blk crc16 crc32c_generic crc32c-intel mbcache jbd2 libcrc32c ext4; do
    find "$tree/lib/modules/$release" -name "$module.ko*" -exec cp {} "$initrd/modules/" \;
  done
  find "$initrd/modules" -name '*.xz' -exec xz -d {} +
  gcc -O2 -static -o "$initrd/init" "$here/init.c"
  (cd "$initrd" && find . | cpio --quiet -o -H newc) | gzip -1 > "$image/initrd.gz"
  cp "$tree/boot/vmlinuz-$release" "$image/vmlinuz"
  rm -f "$image/base.img"
  mke2fs -q -t ext4 -d "$new" "$image/base.img" 2500M
  rm -rf "$new" "$initrd"
}

app() {
  local new=$cache/app
  rm -rf "$new" && mkdir "$new"
  tar -C "$1" -cf - --exclude='*/darwin' --exclude='*/win32' --exclude='onnxruntime-node/bin/*/linux/arm64' --exclude=.cache \
    --exclude='node_modules/@biomejs' --exclude='node_modules/@typescript' --exclude='node_modules/typescript' --exclude='node_modules/@rolldown' \
    --exclude='node_modules/playwright-core' --exclude='node_modules/lightningcss*' --exclude='node_modules/vite' --exclude='node_modules/vitest' \
    --exclude='node_modules/@mantine' --exclude='node_modules/@tabler' --exclude='node_modules/@oxc-*' --exclude='*.d.ts' --exclude='*.map' \
    package.json node_modules agent protocol firmware-config controller/package.json controller/bin controller/dist controller/node_modules \
    test/machine/guest $(cd "$1" && ls -d controller/web/package.json test/package.json packages/*_amd64.deb 2> /dev/null) | tar -C "$new" -xf -
  chown -R 0:0 "$new"
  rm -f "$cache/app.img"
  mke2fs -q -t ext4 -d "$new" "$cache/app.img" $(($(du -sm "$new" | cut -f1) * 13 / 10 + 40))M
  rm -rf "$new"
}

case $2 in
  app) app "$3" && exit ;;
  6.12) kernel=$2 suite=trixie gpio=gpio-sim ;;
  5.10) kernel=$2 suite=bullseye gpio=gpio-mockup ;;
esac
tree=$cache/root-$suite
trees
release=$(ls "$tree/lib/modules" | head -1)
drivers
image
