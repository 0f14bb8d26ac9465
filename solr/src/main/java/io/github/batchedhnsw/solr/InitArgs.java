// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw.solr;

import io.github.batchedhnsw.codec.BuildOptions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.regex.Pattern;
import org.apache.solr.common.SolrException;
import org.apache.solr.common.SolrException.ErrorCode;
import org.apache.solr.common.util.NamedList;
import org.apache.solr.core.SchemaCodecFactory;

/**
 * The init arguments of {@link BatchedHnswCodecFactory}, besides those of Solr's factory.
 *
 * @param numMergeWorkers most threads that build the graph of a merged segment, the merging one
 *     included; 1 or more, default 1
 * @param flushWorkers most threads that build the graph of a flushed segment, the flushing one
 *     included; 1 or more, default 1
 * @param memoryBudgetMB most heap in MiB that all builds of the process should take, whichever core
 *     they belong to, see {@link BuildOptions}; 1 or more, or null for no limit, which is the
 *     default
 */
record InitArgs(int numMergeWorkers, int flushWorkers, Integer memoryBudgetMB) {
  private static final String MERGE_WORKERS = "numMergeWorkers";
  private static final String FLUSH_WORKERS = "flushWorkers";
  private static final String MEMORY_BUDGET = "memoryBudgetMB";
  private static final List<String> ALLOWED =
      List.of(MERGE_WORKERS, FLUSH_WORKERS, MEMORY_BUDGET, SchemaCodecFactory.COMPRESSION_MODE);
  private static final Pattern WHOLE_NUMBER = Pattern.compile("[1-9][0-9]{0,8}");

  /**
   * Validates the arguments.
   *
   * @throws SolrException if one is unknown, given twice or out of bounds
   */
  static InitArgs of(NamedList<?> args) {
    for (Map.Entry<String, ?> arg : args) {
      if (!ALLOWED.contains(arg.getKey())) {
        throw refuse("has no init argument '" + arg.getKey() + "'; there are " + ALLOWED);
      }
      if (args.getAll(arg.getKey()).size() > 1) {
        throw refuse("takes the init argument '" + arg.getKey() + "' once only");
      }
    }
    Integer mergeWorkers = positive(args, MERGE_WORKERS);
    Integer flushWorkers = positive(args, FLUSH_WORKERS);
    return new InitArgs(
        mergeWorkers == null ? 1 : mergeWorkers,
        flushWorkers == null ? 1 : flushWorkers,
        positive(args, MEMORY_BUDGET));
  }

  private static Integer positive(NamedList<?> args, String name) {
    Object value = args.get(name);
    if (value == null) {
      return null;
    }
    if (!WHOLE_NUMBER.matcher(value.toString()).matches()) {
      throw refuse("needs a whole number from 1 to 999999999; " + name + "=" + value);
    }
    return Integer.valueOf(value.toString());
  }

  private static SolrException refuse(String why) {
    return new SolrException(
        ErrorCode.SERVER_ERROR,
        "codecFactory " + BatchedHnswCodecFactory.class.getName() + " in solrconfig.xml " + why);
  }

  /** Threads that are needed besides the merging or flushing one. */
  int helpers() {
    return Math.max(numMergeWorkers, flushWorkers) - 1;
  }

  /** The budget in bytes, if there is one. */
  long memoryBudgetBytes() {
    return (long) memoryBudgetMB << 20;
  }

  /**
   * Converts the arguments to build options.
   *
   * @param executor with {@link #helpers()} threads, or null if that is 0
   */
  BuildOptions options(ExecutorService executor) {
    BuildOptions options =
        BuildOptions.DEFAULT.withWorkers(numMergeWorkers, flushWorkers, executor);
    return memoryBudgetMB == null ? options : options.withMemoryBudget(memoryBudgetBytes());
  }
}
