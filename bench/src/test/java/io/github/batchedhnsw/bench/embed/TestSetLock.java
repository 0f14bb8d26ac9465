// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.embed;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import io.github.batchedhnsw.bench.BenchHome;
import io.github.batchedhnsw.bench.Main;
import io.github.batchedhnsw.bench.data.CachedSet;
import io.github.batchedhnsw.bench.process.ChildJvm;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;

/** Two that make the same set at the same time. */
public class TestSetLock {
  private static final String CACHE = "bench.cache";

  /** Has no script that builds class paths: without the lock nothing is embedded, it fails. */
  @Rule public final BenchHome folder = new BenchHome();

  private Path lockFile;
  private Path source;

  @Before
  public void useAnEmptyCache() throws IOException {
    System.setProperty(CACHE, folder.getRoot().toString());
    lockFile = folder.getRoot().toPath().resolve("glove-100.lock");
    source =
        Files.writeString(
            folder.getRoot().toPath().resolve("glove.json"),
            "{\"size\":1,\"vectors\":{\"the\":[%s,0]}}"
                .formatted(String.join(",", Collections.nCopies(101, "1"))));
  }

  @After
  public void forgetTheCache() {
    System.clearProperty(CACHE);
  }

  @Test
  public void theSecondOfThisProcessIsRefused() throws IOException {
    try (FileChannel channel = open(lockFile);
        FileLock lock = channel.lock()) {
      IOException error = assertThrows(IOException.class, () -> RealSets.glove(source));
      assertEquals(
          lockFile
              + ": expected a free lock, found it held by another bench/run embed that makes"
              + " glove-100; run this again when that has ended",
          error.getMessage());
      assertFalse(Files.exists(CachedSet.named("glove-100").folder()));
    }
    assertEquals(1, RealSets.glove(source).read().documents().count());
  }

  @Test
  public void setsOfWordNetAreLockedBeforeAnythingIsBuilt() throws IOException {
    Path file = SetLock.file(CachedSet.named("wordnet-e5"));
    try (FileChannel channel = open(file);
        FileLock lock = channel.lock()) {
      IOException error = assertThrows(IOException.class, () -> RealSets.wordNet(TextModel.E5, 1));
      assertTrue(error.getMessage(), error.getMessage().startsWith(file + ": "));
    }
  }

  @Test
  public void theSecondProcessIsRefused() throws IOException {
    ChildJvm.Ended refused;
    try (FileChannel channel = open(lockFile);
        FileLock lock = channel.lock()) {
      refused = embed();
    }
    assertEquals(refused.output(), 1, refused.status());
    assertTrue(refused.output(), refused.output().contains("bench/run: " + lockFile + ": "));
    ChildJvm.Ended first = embed();
    assertEquals(first.output(), 0, first.status());
    assertTrue(CachedSet.named("glove-100").exists());
  }

  @Test
  public void aFailureReleasesIt() throws IOException {
    Path bad = Files.writeString(folder.getRoot().toPath().resolve("bad.json"), "[]");
    assertThrows(IOException.class, () -> RealSets.glove(bad));
    assertEquals(1, RealSets.glove(source).read().documents().count());
  }

  @Test
  public void aCompleteSetNeedsNone() throws IOException {
    RealSets.glove(source);
    try (FileChannel channel = open(lockFile);
        FileLock lock = channel.lock()) {
      assertEquals(1, RealSets.glove(source).read().documents().count());
    }
  }

  private static FileChannel open(Path file) throws IOException {
    return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
  }

  private ChildJvm.Ended embed() throws IOException {
    return ChildJvm.run(
        Main.class,
        List.of("-D" + CACHE + "=" + folder.getRoot()),
        List.of("embed", "--data=glove-100", "--file=" + source),
        Duration.ofMinutes(1));
  }
}
