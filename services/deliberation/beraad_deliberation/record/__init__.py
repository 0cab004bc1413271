"""The record of a group's deliberation: what is written in it, what it promises, and how anyone checks it.

Pure and offline. Storage appends what `facts` and `leaves` make; `verifying` reads an export and believes nothing.
"""
