// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.data;

/** Square windows cut out of images at several offsets: many real vectors from few images. */
final class ImageWindows {
  static final int SIDE_PIXELS = 14;
  private static final int[] OFFSETS_PIXELS = {7, 3, 10, 0, 14};

  private ImageWindows() {}

  /** Windows per image. */
  static int perImage() {
    return OFFSETS_PIXELS.length * OFFSETS_PIXELS.length;
  }

  /** {@code count} windows: first those at the first offset of all images, then the next offset. */
  static FloatVectors cut(VectorFiles.Images images, int count) {
    int imageCount = images.pixels().count();
    if (images.widthPixels() < SIDE_PIXELS + 14 || count > imageCount * perImage()) {
      throw new IllegalArgumentException(
          "%d images of %dx%d pixels give at most %d windows; count=%d"
              .formatted(
                  imageCount,
                  images.heightPixels(),
                  images.widthPixels(),
                  imageCount * perImage(),
                  count));
    }
    float[][] rows = new float[count][];
    for (int row = 0; row < count; row++) {
      int offset = row / imageCount;
      int top = OFFSETS_PIXELS[offset / OFFSETS_PIXELS.length];
      int left = OFFSETS_PIXELS[offset % OFFSETS_PIXELS.length];
      rows[row] = window(images, images.pixels().rows()[row % imageCount], top, left);
    }
    return new FloatVectors(rows);
  }

  private static float[] window(VectorFiles.Images images, float[] image, int top, int left) {
    float[] window = new float[SIDE_PIXELS * SIDE_PIXELS];
    for (int y = 0; y < SIDE_PIXELS; y++) {
      System.arraycopy(
          image, (top + y) * images.widthPixels() + left, window, y * SIDE_PIXELS, SIDE_PIXELS);
    }
    return window;
  }
}
