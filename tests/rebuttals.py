"""One rebuttal of every theme, in the words its promoters use, and none that says "myth"."""

REBUTTALS = [
    (
        "vaccine_injury",
        "My nephew works on the ambulance. No, people are not dropping dead from the shot, "
        "they never were.",
    ),
    (
        "vaccine_autism",
        "My oldest is autistic and never had a single shot before he was diagnosed, so kindly "
        "stop blaming the MMR.",
    ),
    (
        "vaccine_fertility",
        "Got the covid vaccine in March, pregnant by June, baby is six months now. It did not "
        "make me infertile.",
    ),
    (
        "vaccine_ingredients",
        "There is no microchip in the vaccine, Gary. Your phone already tracks you and you pay "
        "for it.",
    ),
    (
        "vaccine_unneeded",
        "Natural immunity didn't help my uncle with measles, he lost his hearing. The vaccine "
        "would have.",
    ),
    (
        "disease_hoax",
        "I was a nurse on that unit. It was not a hoax and nobody got paid to fake the death "
        "certificates.",
    ),
    (
        "masks",
        "I wore a mask twelve hours a day for two years and my oxygen was never below 98. "
        "Masks don't suffocate anybody.",
    ),
    (
        "emf_chemtrails",
        "Those lines behind the jet are frozen water, same as your breath in January. Nobody "
        "is spraying chemtrails on us.",
    ),
    (
        "ivermectin_hcq",
        "Ivermectin is great for my cows and did nothing for covid. They tested it, it doesn't "
        "work on a virus.",
    ),
    (
        "cancer_cure",
        "An alkaline diet does not cure cancer. My sister tried that first and by the time she "
        "started chemo it had spread.",
    ),
    (
        "chronic_cure",
        "Cinnamon did not reverse my diabetes, insulin keeps me alive. Please don't tell "
        "people to quit theirs.",
    ),
    (
        "mental_health_meds",
        "Antidepressants didn't turn me into a zombie, they gave me my life back. They aren't "
        "poison.",
    ),
    (
        "remedies_detox",
        "Your liver and kidneys do the detox for free. That cleanse tea pulls nothing out of "
        "you but money.",
    ),
    (
        "toxic_cures",
        "Drinking bleach does not cure anything, it burns a hole in you. I have seen it.",
    ),
    (
        "sunscreen",
        "Sunscreen doesn't give you cancer, the sun does. Ask the hole in my ear where the "
        "melanoma was.",
    ),
    (
        "fluoride",
        "We have had fluoride in the water for sixty years and nobody here got dumber from it. "
        "Our kids just have fewer cavities.",
    ),
    (
        "raw_milk",
        "Raw milk isn't safer, it put my grandson in the hospital with E. coli. Pasteurizing "
        "doesn't ruin anything.",
    ),
    (
        "diet_toxins",
        "Seed oils are not poisoning you. You feel better because you quit eating fries every "
        "day.",
    ),
    (
        "reproductive",
        "No, Tylenol in pregnancy didn't cause my son's autism, and the pill doesn't make you "
        "sterile either.",
    ),
    (
        "hiv_sti",
        "You can't get HIV from a toilet seat or a hug. My brother lived with it twenty years "
        "and we shared a bathroom.",
    ),
    (
        "substance_use",
        "You will not overdose from touching fentanyl on a dollar bill. I've been a medic for "
        "15 years, it doesn't go through skin like that.",
    ),
    (
        "screening",
        "Mammograms don't cause cancer. Mine found it when it was the size of a pea and I'm "
        "still here.",
    ),
    (
        "other_health",
        "Cracking your knuckles doesn't give you arthritis and going out with wet hair never "
        "gave anyone a cold.",
    ),
]
