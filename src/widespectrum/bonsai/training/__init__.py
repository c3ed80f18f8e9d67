"""How Bonsai's models are made. Everything here imports torch.

Shared

=======================  =============================================================
`recipes`                each shipped scorer and judge from nothing to a weight file
`families`               what the world draws for training: one scene in four variants
`corpus`                 families drawn ahead of time into a folder
`loop`, `schedules`      the one training loop; how long and how fast it learns
`checkpoints`            what it needs in order to go on as if nothing had happened
`evaluation`, `cards`    what a trained scorer can do, and its model card

The models

`encoder`                the contrastive training
`annotators`             whom the reward is fitted to, and how they vote
`preferences`            pairs of pictures with votes, filtered and mixed
`taste`                  the Bradley-Terry training
`selection`              which candidate ships, by a rule fixed beforehand
`judging`                the judge's training; `judge_card`
`recognising`, `wear`    the eye's training, and what its pictures go through
`recognition`            how often what was asked for is recognised
`eye_evaluation`         what the eye can do; `eye_card`
`gallery`                single pictures with captions, for the generator
`generator`, `painting`  its loss, and its training from nothing to a weight file
`muon`, `samples`        an optimiser for its matrices; sheets of what it paints
`generator_evaluation`   what a generator can do; `generator_card`

Dose-response

`dose_design`            what such a study varies, as a TOML file
`dose_response`          many small rewards, one dial at a time
=======================  =============================================================
"""
