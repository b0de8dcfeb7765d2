"""Writes the networks of this folder with PyTorch's own exporter, and what PyTorch says of two pictures (expected.json).

The policies `sb3-*` are Stable-Baselines3's own, exported as its guide shows (docs/guide/export); the others are written as people
write them, with the names and in the orders that RLlib, CleanRL and tutorials export. Made with PyTorch 1.13, Stable-Baselines3 2.9 and
onnx 1.12; needs stable_baselines3 and gymnasium on PYTHONPATH:

    python3 export.py
"""

import json
import os
import sys

import gymnasium
import numpy as np
import onnx
import torch
import torch.nn as nn
import torch.nn.functional as functional
from onnx import numpy_helper
from stable_baselines3 import A2C, DQN, PPO, SAC
from stable_baselines3.common.torch_layers import BaseFeaturesExtractor

here = os.path.dirname(os.path.abspath(__file__))
torch.set_num_threads(1)
y, x = np.mgrid[0:120, 0:160]
frames = [((7 * x + 13 * y) // 9 % 256).astype(np.float32), ((x * x // 40 + 3 * y) % 256).astype(np.float32)]
expected = {}


def shaped(frame, shape):
    """The grey picture in each plane, as a car gives it."""
    if shape[-1] in (1, 3):
        return torch.from_numpy(np.repeat(frame[None, :, :, None], shape[-1], 3))
    return torch.from_numpy(np.repeat(frame[None, None], shape[1], 1))


def export(name, model, shape, outputs=None, inputs=("obs",), more=(), **options):
    model.eval()
    path = os.path.join(here, f"{name}.onnx")
    arguments = (torch.zeros(*shape), *more)
    options = {"opset_version": 16, **options}
    torch.onnx.export(model, arguments, path, input_names=list(inputs), output_names=outputs, **options)
    given = []
    for frame in frames:
        with torch.no_grad():
            result = model(shaped(frame, shape), *more)
        result = result if isinstance(result, tuple) else (result,)
        given.append([[round(v, 6) for v in one.double().flatten().tolist()] for one in result])
    expected[name] = given


# ---- Stable-Baselines3


class Small(BaseFeaturesExtractor):
    def __init__(self, space):
        super().__init__(space, 6)
        self.net = nn.Sequential(
            nn.Conv2d(space.shape[0], 4, 8, 8), nn.ReLU(), nn.Conv2d(4, 4, 5, 5), nn.ReLU(), nn.Flatten(), nn.Linear(48, 6)
        )

    def forward(self, observations):
        return torch.tanh(self.net(observations))


class Track(gymnasium.Env):
    def __init__(self, actions, planes=1):
        self.observation_space = gymnasium.spaces.Box(0, 255, (planes, 120, 160), np.uint8)
        self.action_space = actions

    def reset(self, *, seed=None, options=None):
        return self.observation_space.sample(), {}

    def step(self, action):
        return self.observation_space.sample(), 0.0, True, False, {}


class OnnxableSB3Policy(nn.Module):
    def __init__(self, policy):
        super().__init__()
        self.policy = policy

    def forward(self, observation):
        return self.policy(observation, deterministic=True)


def lively(policy):
    """Policies begin with weights so small that every picture gets the same action."""
    torch.manual_seed(5)
    for parameter in policy.parameters():
        if parameter.dim() > 1:
            nn.init.normal_(parameter, 0, 0.6 if parameter.dim() == 2 else 0.3)
    return policy


two = gymnasium.spaces.Box(-1, 1, (2,), np.float32)
five = gymnasium.spaces.Discrete(5)
kwargs = {"features_extractor_class": Small, "net_arch": []}
for name, algorithm, actions, planes, extra in (
    ("sb3-ppo", PPO, two, 1, {}),
    ("sb3-ppo-discrete", PPO, five, 1, {}),
    ("sb3-a2c-colour", A2C, two, 3, {}),
    ("sb3-dqn", DQN, five, 1, {"buffer_size": 1}),
    ("sb3-sac", SAC, two, 1, {"buffer_size": 1}),
):
    model = algorithm("CnnPolicy", Track(actions, planes), policy_kwargs=kwargs, device="cpu", seed=1, **extra)
    policy = lively(model.policy)
    wrapped = OnnxableSB3Policy(policy.actor if algorithm is SAC else policy)
    export(name, wrapped, (1, planes, 120, 160), inputs=("input",))
    if name == "sb3-ppo" and len(sys.argv) > 1:
        model.save(os.path.join(sys.argv[1], "saved"))


# ---- by hand


class Policy(nn.Module):
    def __init__(self, *heads, planes=1, last=False, body=None):
        super().__init__()
        torch.manual_seed(len(heads) + planes)
        self.last = last
        self.body = body or nn.Sequential(
            nn.Conv2d(planes, 4, 8, 8), nn.ReLU(), nn.Conv2d(4, 4, 5, 5), nn.ReLU(), nn.Flatten(), nn.Linear(48, 6), nn.Tanh()
        )
        self.heads = nn.ModuleList(nn.Linear(6, size) for size, _ in heads)
        self.ends = [end for _, end in heads]
        for layer in [*self.body, *self.heads]:
            if isinstance(layer, (nn.Conv2d, nn.Linear)):
                nn.init.normal_(layer.weight, 0, 0.4)

    def forward(self, obs, *_):
        if self.last:
            obs = obs.permute(0, 3, 1, 2)
        features = self.body(obs / 255)
        given = tuple(end(head(features)) for head, end in zip(self.heads, self.ends))
        return given if len(given) > 1 else given[0]


def plain(v):
    return v


def softmax(v):
    return functional.softmax(v, -1)


def log_softmax(v):
    return functional.log_softmax(v, -1)


def argmax(v):
    return v.argmax(-1)


def bounded(v):
    return v.clamp(-20, 2)


grey = (1, 1, 120, 160)
colour = (1, 3, 120, 160)
export("actor-value", Policy((2, plain), (1, plain)), grey)
export("value-actor", Policy((1, plain), (2, plain)), grey)
export("mean-std", Policy((2, plain), (2, torch.exp)), grey, ["mean", "std"])
export("std-mean-unnamed", Policy((2, functional.softplus), (2, plain)), grey)
export("log-std-mu", Policy((2, bounded), (2, plain)), grey, ["log_std", "mu"])
export("probs-value", Policy((5, softmax), (1, plain)), grey)
export("value-probs", Policy((1, plain), (5, softmax)), grey)
export("log-probs", Policy((5, log_softmax)), grey)
export("speed-steering", Policy((1, plain), (1, plain)), grey, ["speed", "steering"])
export("colour", Policy((2, plain), planes=3), colour)
export("colour-last", Policy((2, plain), planes=3, last=True), (1, 120, 160, 3), opset_version=12)
export("open-size", Policy((2, plain)), grey, ["action"], dynamic_axes={"obs": {0: "n", 2: "h", 3: "w"}, "action": {0: "n"}})
export("open-all", Policy((2, plain), last=True), (1, 120, 160, 1), ["action"], dynamic_axes={"obs": [0, 1, 2, 3]})
# ray/rllib/policy/torch_policy.py, export_model
batch = {name: {0: "batch_size"} for name in ("obs", "state_ins", "seq_lens", "output", "state_outs")}
for name, size in (("rllib-continuous", 4), ("rllib-discrete", 5)):

    class Model(Policy):
        def forward(self, obs, state_ins, seq_lens):
            return super().forward(obs), state_ins

    export(
        name,
        Model((size, plain), last=True),
        (1, 120, 160, 1),
        ["output", "state_outs"],
        ("obs", "state_ins", "seq_lens"),
        (torch.zeros(0), torch.zeros(1, dtype=torch.int32)),
        opset_version=11,
        dynamic_axes=batch,
    )
body = nn.Sequential(
    nn.Conv2d(1, 8, 12, 12),
    nn.GroupNorm(2, 8),
    nn.GELU(),
    nn.Conv2d(8, 8, 3, padding=1, groups=8),
    nn.InstanceNorm2d(8, affine=True),
    nn.PReLU(8),
    nn.MaxPool2d(2),
    nn.Hardswish(),
    nn.Conv2d(8, 6, 1),
    nn.SELU(),
    nn.AdaptiveAvgPool2d(1),
    nn.Flatten(),
    nn.LayerNorm(6),
    nn.SiLU(),
)
export("many-layers", Policy((2, torch.tanh), body=body), grey, opset_version=17)

# What `model.half()` exports on a machine with a GPU: everything in float16.
export("float16", Policy((2, plain)), grey, ["action"])
half = onnx.load(os.path.join(here, "float16.onnx"))
for tensor in half.graph.initializer:
    if tensor.data_type == onnx.TensorProto.FLOAT:
        tensor.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(tensor).astype(np.float16), tensor.name))
for node in half.graph.node:
    for attribute in node.attribute:
        if attribute.t.data_type == onnx.TensorProto.FLOAT:
            attribute.t.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(attribute.t).astype(np.float16)))
for value in [*half.graph.input, *half.graph.output]:
    value.type.tensor_type.elem_type = onnx.TensorProto.FLOAT16
onnx.save(half, os.path.join(here, "float16.onnx"))

with open(os.path.join(here, "expected.json"), "w") as file:
    file.write("{\n" + ",\n".join(f"  {json.dumps(name)}: {json.dumps(given)}" for name, given in expected.items()) + "\n}\n")
