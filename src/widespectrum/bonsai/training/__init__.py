"""How Bonsai's models are made. Everything here imports torch.

=================  ===================================================================
`recipes`          each shipped model from nothing to a weight file
`families`         what the world draws for training: one scene in four variants
`corpus`           families drawn ahead of time into a folder
`loop`             the one training loop
`checkpoints`      what it needs in order to go on as if nothing had happened
`encoder`          the contrastive training
`annotators`       whom the reward is fitted to, and how they vote
`preferences`      pairs of pictures with votes, filtered and mixed
`taste`            the Bradley-Terry training
`selection`        which candidate ships, by a rule fixed beforehand
`evaluation`       what a trained model can do
`cards`            model cards
`dose_design`      what such a study varies, as a TOML file
`dose_response`    many small rewards, one dial at a time
=================  ===================================================================
"""
