#!/bin/sh
# Run tasks for main.
exec npx nx-cloud start-agent
