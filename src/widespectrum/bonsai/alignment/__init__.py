"""How copies of Bonsai's generator are aligned: one method, several rewards, all else equal.

==================  ==================================================================
`adapters`          low-rank additions to the generator's matrices; everything learned
`rewards`           what a copy is aligned towards
`prompts`           what it is asked to paint while it learns
`rollouts`          pictures from the present policy, in groups of one prompt
`task`              what the methods have in common
`forward_process`   the method: learning from its own pictures, good and bad
`reward_gradient`   another method, kept as an example of reward hacking
`examination`       reward and drift of a copy, on fixed prompts and noise
`recipes`           each aligned model from a base to an adapter file
==================  ==================================================================

Everything here imports torch.
"""
