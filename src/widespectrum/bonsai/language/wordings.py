"""The words of Bonsai's language: several for every idea, and no wording for two ideas.

Wordings of looks are adjectives or behave like them: they read well before "picture" and after a
comma. The noun phrases of `widespectrum.aesthetics` come on top of these.
"""

from __future__ import annotations

KIND_WORDS: dict[str, tuple[str, ...]] = {
    "house": ("house", "cottage"),
    "tree": ("tree",),
    "boat": ("boat", "sailboat"),
    "car": ("car",),
    "cat": ("cat", "kitten"),
    "dog": ("dog", "puppy"),
    "fish": ("fish",),
    "bird": ("bird",),
    "flower": ("flower", "blossom"),
    "mushroom": ("mushroom", "toadstool"),
    "apple": ("apple",),
    "cup": ("cup", "mug"),
    "book": ("book",),
    "lamp": ("lamp", "table lamp"),
    "clock": ("clock", "alarm clock"),
    "umbrella": ("umbrella", "parasol"),
    "balloon": ("balloon",),
    "kite": ("kite",),
    "star": ("star",),
    "person": ("person", "child"),
}
"""Nouns. The first is the usual one."""

OTHER_KIND_WORDS: dict[str, tuple[str, ...]] = {
    "house": ("home", "building"),
    "boat": ("ship", "yacht"),
    "car": ("automobile",),
    "person": ("man", "woman", "boy", "girl", "kid", "someone", "somebody"),
    "clock": ("alarm",),
}
"""Nouns that are understood and not said: the world cannot draw the difference."""

COLOUR_WORDS: dict[str, tuple[str, ...]] = {
    "red": ("red",),
    "orange": ("orange",),
    "yellow": ("yellow",),
    "green": ("green",),
    "teal": ("teal", "turquoise"),
    "blue": ("blue",),
    "purple": ("purple", "violet"),
    "pink": ("pink",),
    "white": ("white",),
    "brown": ("brown",),
    "grey": ("gray", "grey"),
    "black": ("black",),
}

PLACE_WORDS: dict[str, tuple[str, ...]] = {
    "meadow": ("in a meadow", "on a green meadow", "on the grass"),
    "forest": ("in a forest", "in the woods", "among fir trees"),
    "mountains": ("in the mountains", "in front of high mountains", "in a mountain valley"),
    "desert": ("in the desert", "on desert sand", "among dunes"),
    "snow": ("in the snow", "on a snowy field", "in a winter landscape"),
    "sea": ("on the sea", "at sea", "on open water"),
    "beach": ("on the beach", "on a sandy beach", "by the seashore"),
    "city": ("in the city", "on a city street", "in front of a skyline"),
    "room": ("in a room", "indoors", "in a living room"),
    "moon": ("on the moon", "on the surface of the moon", "in a lunar landscape"),
}
"""Where things are, with the preposition."""

PLACE_NOUNS: dict[str, tuple[str, ...]] = {
    "meadow": ("meadow", "grass", "lawn", "field", "garden", "park"),
    "forest": ("forest", "woods", "fir trees"),
    "mountains": ("mountains", "mountain", "alps"),
    "desert": ("desert", "dunes"),
    "snow": ("snow", "snowy", "winter"),
    "sea": ("sea", "ocean", "open water"),
    "beach": ("beach", "seashore", "shore"),
    "city": ("city", "street", "skyline", "town", "road"),
    "room": ("room", "indoors", "inside", "kitchen", "bedroom"),
    "moon": ("moon", "lunar"),
}
"""Words that are understood as the place, whatever stands before them."""

RELATION_WORDS: dict[str, tuple[str, ...]] = {
    "left of": ("left of", "to the left of"),
    "right of": ("right of", "to the right of"),
    "above": ("above", "high over"),
    "under": ("under", "below"),
    "in front of": ("in front of", "before"),
    "behind": ("behind", "half hidden behind"),
    "on": ("on top of", "standing on"),
    "beside": ("beside", "next to", "with"),
}

EMOTION_WORDS: dict[str, tuple[str, ...]] = {
    "calm": ("calm", "peaceful"),
    "happy": ("happy", "joyful", "cheerful"),
    "sad": ("sad", "gloomy", "sorrowful"),
    "angry": ("angry", "furious", "hostile"),
    "fearful": ("fearful", "frightened", "terrified"),
}

OTHER_EMOTION_WORDS: dict[str, tuple[str, ...]] = {
    "calm": ("neutral", "expressionless", "impassive"),
    "happy": ("delighted", "glad", "smiling", "laughing"),
    "sad": ("mournful", "grieving", "dejected", "unhappy", "crying"),
    "angry": ("enraged", "irate"),
    "fearful": ("afraid", "scared", "scary"),
}
"""Understood and not said."""

PORTRAIT_WORDS = ("a close portrait of", "a portrait of", "a close-up of the face of")

HIGH_WORDS: dict[str, tuple[str, ...]] = {
    "clarity": ("sharp", "crisp", "in sharp focus"),
    "grain": ("clean", "free of noise"),
    "brightness": ("bright", "luminous", "well lit"),
    "harmony": ("harmonious", "in matching colors", "in harmonious colors"),
    "lighting": ("dramatically lit", "in dramatic light", "with deep long shadows"),
    "prominence": ("large", "big", "prominent"),
    "richness": ("rich", "richly detailed", "full of things to see"),
    "background": ("scenic", "in scenic surroundings", "with a beautiful background"),
    "detail": ("refined", "finely worked", "finished down to the small parts"),
    "realism": ("realistic", "lifelike", "true to life"),
}
"""Of prominence, said of the thing; of the others, said of the picture."""

EFFECT_WORDS: dict[str, tuple[str, ...]] = {
    "motion-blur": ("motion blurred", "streaked by motion"),
    "missed-focus": ("blurry", "out of focus", "unsharp"),
    "camera-shake": ("shaky", "shaken"),
    "greasy-lens": ("greasy", "seen through a greasy lens"),
    "fogged-glass": ("foggy", "fogged", "seen through fog"),
    "upscaled-thumbnail": ("mushy", "enlarged from a thumbnail"),
    "ghosting": ("ghosted", "trailed by ghosts"),
    "double-exposure": ("doubly exposed", "exposed twice"),
    "film-grain": ("grainy", "gritty"),
    "sensor-noise": ("noisy", "full of noise"),
    "compression-blocks": ("blocky", "badly compressed"),
    "pixelation": ("pixelated", "in huge pixels"),
    "scanlines": ("full of scanlines", "like a worn videotape"),
    "underexposure": ("dark", "underexposed", "too dark"),
    "crushed-shadows": ("full of black shadows", "sunk in shadow"),
    "unlit-night": ("unlit", "black as night", "in pitch darkness"),
    "silhouettes": ("in silhouette", "reduced to silhouettes"),
    "heavy-vignette": ("vignetted", "black at the corners"),
    "dim-bulb": ("dim", "dimly lit", "lit by one weak bulb"),
    "dark-smoke": ("smoky", "full of dark smoke"),
    "charcoal-palette": ("charcoal dark", "in charcoal tones"),
    "clashing-neon": ("garish", "in clashing neon colors", "in clashing colors"),
    "sickly-cast": ("sickly", "sickly tinted"),
    "bleeding-saturation": ("oversaturated", "in bleeding colors"),
    "mud-mixture": ("muddy", "in muddy colors"),
    "mixed-white-balance": ("half blue and half orange", "wrongly white balanced"),
    "color-banding": ("banded", "posterized"),
    "wrong-colors": ("wrongly colored", "in wrong colors"),
    "faded-colors": ("faded", "washed out", "bleached"),
    "color-fringes": ("fringed", "with color fringes"),
    "blown-highlights": ("overexposed", "burnt out"),
    "light-leak": ("streaked with leaked light", "spoiled by a light leak"),
    "shadowless": ("shadowless", "without shadows"),
    "flat-ambient": ("flat", "flatly lit"),
    "cut-paper": ("like cut paper", "like cut cardboard"),
    "scanned-look": ("like a flat scan", "evenly lit like a scan"),
    "no-highlights": ("matte", "without highlights"),
    "gray-overcast": ("overcast", "under a gray overcast sky"),
    "tiny-subject": ("tiny", "far away", "very small"),
    "cropped-subject": ("badly cropped", "cut off at the edge"),
    "hidden-subject": ("hidden", "hidden behind a fence"),
    "camouflaged-subject": ("camouflaged", "hardly visible"),
    "wrong-focus": ("behind sharp leaves", "focused on the wrong thing"),
    "many-equals": ("one among many", "lost in a crowd"),
    "empty-center": ("pushed aside", "off at the far edge"),
    "accidental-snapshot": ("careless", "shot by accident"),
    "bare-canvas": ("empty", "almost empty"),
    "primitive-shapes": ("reduced to plain shapes", "primitive"),
    "two-tones": ("two-toned", "in two flat tones"),
    "abandoned-sketch": ("sketchy", "like an unfinished sketch"),
    "random-scribble": ("doodled", "like an idle doodle"),
    "uniform-texture": ("monotonous", "patterned all over"),
    "placeholder-fill": ("filled with placeholders", "like a placeholder"),
    "bare-abstraction": ("abstract", "nothing but flat bands"),
    "white-void": ("on a white void", "with a blank background"),
    "flat-fill": ("on plain gray", "with a plain gray background"),
    "muddy-smear": ("with a smeared background", "before a dirty smear"),
    "trash-clutter": ("littered", "surrounded by trash"),
    "stained-wall": ("against a stained wall", "before a moldy wall"),
    "collage-backdrop": ("before a pasted collage", "with a patchwork background"),
    "blown-out-backdrop": ("against blinding glare", "with a burnt out background"),
    "cut-out-halo": ("crudely cut out", "with a white halo"),
    "background-intruder": ("with a pole behind the head", "spoiled by a signpost"),
    "scribbled-strokes": ("scribbled", "scrawled in crayon"),
    "smeared-textures": ("smeared", "daubed"),
    "jagged-edges": ("jagged", "saw-toothed"),
    "missing-parts": ("full of holes", "with parts missing"),
    "half-rendered": ("half rendered", "unfinished"),
    "torn-tiles": ("fragmented", "torn into tiles"),
    "shattered-shards": ("shattered", "broken into shards"),
    "low-polygon": ("low-polygon", "made of crude triangles"),
    "crude-lumps": ("lumpy", "crude"),
    "melting-forms": ("melting", "melted"),
    "warped-lines": ("warped", "distorted", "deformed"),
    "extra-parts": ("with extra parts", "with doubled parts"),
    "plastic-surfaces": ("plastic", "made of glossy plastic"),
    "wrong-shadows": ("with impossible shadows", "with wrong shadows"),
    "grief": ("weeping", "in tears"),
    "hostility": ("with a hostile glare", "raging"),
    "terror": ("screaming in terror", "in panic"),
    "empty-stare": ("hollow-eyed", "with an empty stare"),
    "loneliness": ("lonely", "forlorn"),
    "abandonment": ("abandoned", "full of cobwebs"),
    "decay": ("decaying", "moldy", "rotten"),
    "menace": ("menacing", "threatened by dark hands"),
    "disgust": ("disgusting", "dripping with slime"),
    "mourning": ("in mourning", "funereal"),
    "nightmare": ("nightmarish", "clawed"),
    "wrong-sizes": ("out of proportion", "in wrong proportions"),
    "floating-items": ("with things floating in the air", "full of floating things"),
    "awkward-overlaps": ("overlapping", "awkwardly covered by things"),
    "crowded-jumble": ("jumbled", "crowded with things"),
    "unrelated-props": ("with unrelated props", "among things that do not belong"),
    "surreal-pairing": ("surreal", "absurdly paired"),
    "lopsided-weight": ("lopsided", "crammed to one side"),
    "tilted-horizon": ("tilted", "on a slant"),
}
"""Of `SUBJECT_EFFECTS`, said of the thing or person; of the others, said of the picture."""

SUBJECT_EFFECTS = (
    "tiny-subject",
    "cropped-subject",
    "hidden-subject",
    "camouflaged-subject",
    "many-equals",
    "empty-center",
    "grief",
    "hostility",
    "terror",
    "empty-stare",
)

TOPIC_WORDS: dict[str, tuple[str, ...]] = {
    "pollution": ("a youngster by a river", "a river and a youngster on its bank"),
    "war": ("a row of houses in wartime", "a street in wartime"),
    "inequality": ("two neighborhoods side by side", "two quarters of one town"),
    "censorship": ("a speaker in front of posters", "a speaker at a microphone"),
    "screens": ("a head in the digital age", "a face of the digital age"),
}
"""Scenes of social critique, whatever of their elements is there."""

ELEMENT_WORDS: dict[str, dict[str, tuple[str, ...]]] = {
    "pollution": {
        "factory": ("a factory", "factory chimneys"),
        "smoke": ("black factory smoke", "smoke in the sky"),
        "litter": ("litter in the water", "bottles and cans in the water"),
        "dead fish": ("dead fish", "fish floating belly up"),
        "mask": ("a face mask", "a mask over the mouth"),
    },
    "war": {
        "ruins": ("bombed ruins", "houses in ruins"),
        "fire": ("burning roofs", "fire and smoke"),
        "helmet": ("a helmet on a grave", "a soldier's grave"),
        "mourner": ("a kneeling mourner", "a mourner in tears"),
        "toy": ("a lost teddy bear", "a torn toy bear"),
    },
    "inequality": {
        "wall": ("a wall between them", "a dividing wall"),
        "barbed wire": ("barbed wire", "coils of barbed wire"),
        "towers": ("golden towers", "towers for the rich"),
        "shacks": ("poor shacks", "shacks for the poor"),
        "queue": ("a queue of poor people", "people in a long queue"),
    },
    "censorship": {
        "gag": ("a gag over the mouth", "a gagged mouth"),
        "redacted posters": ("redacted posters", "posters full of black bars"),
        "chains": ("heavy chains", "chains and a padlock"),
        "watching eyes": ("watching eyes", "eyes that watch from the wall"),
        "crossed-out microphone": ("a crossed-out microphone", "a forbidden microphone"),
    },
    "screens": {
        "screens": ("a storm of screens", "screens on all sides"),
        "wires": ("tangled wires", "wires around the neck"),
        "notifications": ("endless notifications", "a swarm of notifications"),
        "glow": ("a cold neon glow", "neon light on the face"),
        "tired eyes": ("tired eyes", "eyes with dark rings"),
    },
}
"""Noun phrases for the elements of each topic."""

FUNCTION_WORDS = frozenset(
    """
    a an the this that these those some any each every all both no not nothing one two three several
    many few much more most less other another same such its his her their our my your it he she
    they we you i me him them us who which what whose where when while as if than then so
    too very only just even also still yet again almost nearly rather quite
    and or nor but plus of in on at to into onto from by for with without within under over above
    below behind before after between among beside besides near next against around through across
    along up down out off about like toward towards upon inside outside per during until
    is are was were be been being am has have had having do does did can could will would shall
    should may might must seem seems look looks looking show shows showing shown make makes made
    making let lets get gets there here
    picture photograph photo image shot scene painting drawing illustration view frame
    pictures photographs photos images
    please create generate draw paint depict depicts depicting render
    """.split()  # noqa: SIM905  (a list of so many words is for reading)
)
"""Words that carry a sentence, and words for the picture itself. They ask for nothing."""
