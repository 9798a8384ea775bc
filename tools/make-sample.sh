#!/usr/bin/env bash
# Makes the sample transport stream that ships with the project: ffmpeg's test pattern and a sine, 4.8 s at 1 Mbit/s.
#
#     tools/make-sample.sh [FILE]         (default: the file in tools/src/main/resources)
#
# 4.8 s because there both streams end together: 120 frames of 40 ms (MPEG-2 video, 25/s) and 200 frames of 24 ms (MPEG
# layer 2 audio, 48 kHz), so that the loop has no gap. The same ffmpeg writes the same bytes: one thread, -bitexact.
set -euo pipefail
file=${1:-$(dirname "$0")/src/main/resources/io/nubicast/tools/sample.ts}
command -v ffmpeg >/dev/null || { echo "make-sample: ffmpeg is missing. Install it: apt-get install ffmpeg" >&2; exit 69; }

ffmpeg -v error -y -bitexact \
    -f lavfi -i testsrc2=size=512x288:rate=25:duration=4.8 \
    -f lavfi -i sine=frequency=440:beep_factor=4:sample_rate=48000:duration=4.8 \
    -map 0:v -map 1:a \
    -c:v mpeg2video -threads 1 -g 12 -bf 2 -b:v 820k -minrate 820k -maxrate 820k -bufsize 300k -flags:v +bitexact \
    -c:a mp2 -b:a 64k -ac 1 -flags:a +bitexact \
    -fflags +bitexact -metadata service_name="Nubicast test pattern" -metadata service_provider=Nubicast \
    -f mpegts -muxrate 1M -pcr_period 20 "$file"
