"""Recognisers that search inside cells: what a value holds beside other text.

email, phone, ip, token : addresses, telephone numbers, digests and keys
iban, card, national_id : numbers that keep their check digits
free_text : sentences, and values that hold several values
persons : names of people, by the locales that Faker brings; derive : where their table comes from
inside : what a recogniser is
"""
