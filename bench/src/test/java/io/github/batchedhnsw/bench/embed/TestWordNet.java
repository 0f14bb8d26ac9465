// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.embed;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

/** Lines are WordNet's own, shortened. */
public class TestWordNet {
  private static final List<String> LINES =
      List.of(
          "  1 This software and database is being provided to you | the LICENSEE",
          "00003553 03 n 02 whole 0 unit 0 001 @ 00002684 n 0000 | an assemblage of parts that is"
              + " regarded as a single entity; \"how big is that part compared to the whole?\";"
              + " \"the team is a unit\"  ",
          "00004258 03 n 02 living_thing 0 animate_thing 0 001 ~ 00004475 n 0000 | a living (or once"
              + " living) entity  ",
          "00014490 00 a 01 abundant(p) 0 000 | present in great quantity",
          "00099999 03 n 01 twin 0 000 | a living (or once living) entity; \"the team is a unit\"");

  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  @Test
  public void definitionsExamplesAndLemmas() {
    WordNet texts = WordNet.parse(LINES);
    assertEquals(
        List.of(
            "an assemblage of parts that is regarded as a single entity",
            "a living (or once living) entity",
            "present in great quantity"),
        texts.glosses());
    assertEquals(
        List.of("how big is that part compared to the whole?", "the team is a unit"),
        texts.examples());
    assertEquals(
        List.of("whole", "unit", "living thing", "animate thing", "abundant", "twin"),
        texts.lemmas());
  }

  @Test
  public void queriesAreSentencesAndWordsInTurn() {
    WordNet texts = WordNet.parse(LINES);
    List<String> queries = texts.outOfDistribution(4, 7);
    assertEquals(queries, texts.outOfDistribution(4, 7));
    assertTrue(texts.examples().containsAll(List.of(queries.get(0), queries.get(2))));
    assertTrue(texts.lemmas().containsAll(List.of(queries.get(1), queries.get(3))));
  }

  @Test
  public void theJarMustHaveAllFiles() throws IOException {
    Path jar = folder.newFile("wordnet.jar").toPath();
    try (ZipOutputStream zip = new ZipOutputStream(java.nio.file.Files.newOutputStream(jar))) {
      zip.putNextEntry(new ZipEntry("net/sf/extjwnl/data/wordnet/wn31/data.noun"));
    }
    IOException error = assertThrows(IOException.class, () -> WordNet.read(jar));
    assertTrue(error.getMessage(), error.getMessage().endsWith("wn31/data.verb"));
  }
}
