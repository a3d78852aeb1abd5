"""What columns are called, by what they hold, in the languages that tables are written in.

words : names of columns as plain words, and how lists of words are matched
identities : names, addresses and numbers of people; where and when they live
facts : what nobody should learn of somebody
parts : whose row it is, household, weight, time and consent
"""
