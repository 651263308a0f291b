# The HTML report in headless Chromium.
exec python3 "$BLOCKSCAN_SOURCE/tests/browser/test_html.py" "$BLOCKSCAN_SAMPLES" "$TMP"
