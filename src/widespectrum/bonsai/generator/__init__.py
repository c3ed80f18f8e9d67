"""The network that paints Bonsai's world from a prompt, and how it is asked.

=============  ====================================================================
`orders`       what can be asked for: pictures, and how the flow is followed
`text`         how prompts are read
`attention`    picture and prompt attend to each other, by a step that can be replaced
`network`      the transformer
`flow`         the straight line from noise to picture, and its loss
`sampling`     from noise to picture
`painter`      orders in, pictures out, in batches that do not show
=============  ====================================================================

Only `orders` needs no torch.
"""
