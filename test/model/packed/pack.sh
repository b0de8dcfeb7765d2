#!/bin/sh
# Packs a model with the programs that people use, for packed.test.ts. Needs Debian's packages 7zip, zip, xz-utils, bzip2, zstd, lz4,
# lzip, lzop, ncompress, cpio, libarchive-tools, zip, git, git-lfs and python3. Run it in this folder.
set -eu
out=$PWD
model=$(mktemp -d)
mkdir "$model/agent"
cp ../exported/open-size.onnx "$model/agent/model.onnx"
printf '{"action_space": {"steering_angle": {"low": -20, "high": 30}, "speed": {"low": 1, "high": 3}}, "version": "5"}\n' \
  > "$model/model_metadata.json"
rm -f ./*.zip ./*.7z ./*.rar ./*.tar* ./*.cpio ./*.z01
cd "$model"

# What is taken: archives of the usual programs.
zip -qr "$out/info-zip.zip" .
zip -qr - . | cat > "$out/info-zip-streamed.zip"
7z a -bd "$out/7z.zip" . > /dev/null
bsdtar -cf "$out/bsdtar.zip" --format zip .
bsdtar -c --format zip . | cat > "$out/bsdtar-streamed.zip"
bsdtar -czf "$out/bsdtar.tar.gz" .
python3 - "$out" <<'PYTHON'
import io, sys, zipfile
# .NET before 4.6.1, and many older programs for Windows, write their own separator.
class Windows(zipfile.ZipInfo):
    def __init__(self, *args):
        super().__init__(*args)
        self.filename = self.filename.replace('/', '\\')
with zipfile.ZipFile(f'{sys.argv[1]}/windows.zip', 'w', zipfile.ZIP_DEFLATED) as packed:
    for name in ('agent/model.onnx', 'model_metadata.json'):
        packed.writestr(Windows('Größe/' + name), open(name, 'rb').read(), zipfile.ZIP_DEFLATED)
PYTHON

# What is refused: only its beginning tells, so it holds little.
rm -r agent
zip -q -P secret "$out/locked.zip" model_metadata.json
zip -q -fz "$out/zip64.zip" model_metadata.json
head -c 70000 /dev/urandom > noise
zip -q -s 64k "$out/split.zip" noise && mv "$out/split.z01" . && rm "$out/split.zip" && head -c 100 split.z01 > "$out/split.z01"
rm noise split.z01
7z a -bd -tzip -mem=AES256 -psecret "$out/aes.zip" . > /dev/null
7z a -bd -tzip -mm=LZMA "$out/lzma.zip" . > /dev/null
7z a -bd "$out/model.7z" . > /dev/null
7z a -bd -mhe=on -psecret "$out/locked.7z" . > /dev/null
tar cf "$out/plain.tar" .
cd "$out"
xz < plain.tar > model.tar.xz
xz --format=lzma < plain.tar > model.tar.lzma
bzip2 < plain.tar > model.tar.bz2
zstd -q < plain.tar > model.tar.zst
lz4 -q < plain.tar > model.tar.lz4
lzip < plain.tar > model.tar.lz
lzop < plain.tar > model.tar.lzo
compress < plain.tar > model.tar.Z || true
rm plain.tar
(cd "$model" && find . | cpio -o -H newc 2> /dev/null) > model.cpio
git lfs pointer --file "$model/model_metadata.json" 2> /dev/null > lfs-pointer.tar.gz

# RAR's own program is not free. Both of its formats, by its technote (RAR 5.0) and by unrar's headers (1.5); 7z and bsdtar read them.
python3 - "$model" <<'PYTHON'
import struct, sys, zlib
data = open(f'{sys.argv[1]}/model_metadata.json', 'rb').read()
name = b'model_metadata.json'
def block5(*parts):
    body = b''.join(parts)
    body = bytes([len(body)]) + body
    return struct.pack('<I', zlib.crc32(body)) + body
size = bytes([len(data) & 0x7F | 0x80, len(data) >> 7]) if len(data) > 127 else bytes([len(data)])
file = (b'\x02\x02', size, b'\x04', size, b'\x20', struct.pack('<I', zlib.crc32(data)), b'\x00\x01', bytes([len(name)]), name)
with open('model-5.rar', 'wb') as out:
    out.write(b'Rar!\x1a\x07\x01\x00' + block5(b'\x01\x00\x00') + block5(*file) + data + block5(b'\x05\x00\x00'))
def block4(kind, flags, body=b''):
    rest = struct.pack('<BHH', kind, flags, 7 + len(body)) + body
    return struct.pack('<H', zlib.crc32(rest) & 0xFFFF) + rest
stored = struct.pack('<IIBIIBBHI', len(data), len(data), 3, zlib.crc32(data), 0x5A21_0000, 20, 0x30, len(name), 0x81A4) + name
with open('model-4.rar', 'wb') as out:
    out.write(b'Rar!\x1a\x07\x00' + block4(0x73, 0, bytes(6)) + block4(0x74, 0x8000, stored) + data + block4(0x7B, 0x4000))
PYTHON
for file in model-5.rar model-4.rar; do bsdtar -tf "$file" | grep -qx model_metadata.json; done
rm -r "$model"
