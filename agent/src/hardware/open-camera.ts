import type { CameraProfile } from '@pitwall/firmware-config';
import type { Camera } from './camera.js';
import type { FileCameraParts } from './files/index.js';
import { FileCamera } from './files/index.js';
import { libcameraCamera } from './libcamera/index.js';
import { NoCamera } from './no-camera.js';
import { StereoCamera } from './stereo-camera.js';
import { v4l2Camera } from './v4l2/index.js';

/** The camera that a profile names. That of a simulated car comes with its world. */
export function openCamera(profile: Exclude<CameraProfile, { kind: 'simulated' }>, parts: FileCameraParts): Camera {
  switch (profile.kind) {
    case 'none':
      return new NoCamera();
    case 'file':
      return new FileCamera(profile, parts);
    case 'v4l2': {
      const left = v4l2Camera(profile, profile.device, parts);
      return profile.right === undefined ? left : new StereoCamera(left, v4l2Camera(profile, profile.right, parts));
    }
    case 'libcamera': {
      const left = libcameraCamera(profile, profile.camera, parts);
      return profile.right === undefined
        ? left
        : new StereoCamera(left, libcameraCamera(profile, profile.right, parts));
    }
  }
}
