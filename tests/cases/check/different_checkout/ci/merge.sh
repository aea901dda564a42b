#!/bin/sh
git merge --no-edit "origin/$TARGET_BRANCH"
