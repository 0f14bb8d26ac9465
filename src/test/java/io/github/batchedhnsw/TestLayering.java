// SPDX-License-Identifier: Apache-2.0
package io.github.batchedhnsw;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.thirdparty.org.objectweb.asm.ClassReader;
import com.tngtech.archunit.thirdparty.org.objectweb.asm.ClassVisitor;
import com.tngtech.archunit.thirdparty.org.objectweb.asm.MethodVisitor;
import com.tngtech.archunit.thirdparty.org.objectweb.asm.Opcodes;
import io.github.batchedhnsw.construction.parallel.ParallelRanges;
import io.github.batchedhnsw.vectors.VectorSets;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.lucene.tests.util.LuceneTestCase;

/** Data flows one way, and so do dependencies; nothing on the way takes a lock. */
public class TestLayering extends LuceneTestCase {
  private static final String ROOT = "io.github.batchedhnsw";
  private static final String CONSTRUCTION = ROOT + ".construction";
  private static final String[] ROOMS = {
    "survey", "partition", "candidates", "insertion", "linking", "search", "selection", "parallel"
  };
  private static final String[] BUILD_PATH = {
    ROOT + ".vectors..", ROOT + ".graph..", ROOT + ".construction..", ROOT + ".merge.."
  };

  /** The compiled main classes, wherever they are: a folder or a jar. */
  private static JavaClasses mainClasses() {
    var source = VectorSets.class.getProtectionDomain().getCodeSource().getLocation();
    JavaClasses classes =
        new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importLocations(List.of(Location.of(source)));
    assertTrue("imported=" + classes.size(), classes.size() > 25);
    return classes;
  }

  public void testDependenciesPointOneWay() {
    layeredArchitecture()
        .consideringOnlyDependenciesInLayers()
        .withOptionalLayers(true)
        .layer("vectors")
        .definedBy(ROOT + ".vectors..")
        .layer("graph")
        .definedBy(ROOT + ".graph..")
        .layer("construction")
        .definedBy(ROOT + ".construction..")
        .layer("merge")
        .definedBy(ROOT + ".merge..")
        .layer("codec")
        .definedBy(ROOT + ".codec..")
        .whereLayer("vectors")
        .mayNotAccessAnyLayer()
        .whereLayer("graph")
        .mayNotAccessAnyLayer()
        .whereLayer("construction")
        .mayOnlyAccessLayers("vectors", "graph")
        .whereLayer("merge")
        .mayOnlyAccessLayers("vectors", "graph", "construction")
        .whereLayer("codec")
        .mayOnlyAccessLayers("vectors", "graph", "construction", "merge")
        .check(mainClasses());
  }

  /** The root orders the steps, each of which is a room; who builds graphs sees the root only. */
  public void testRoomsOfConstructionPointOneWay() {
    layeredArchitecture()
        .consideringOnlyDependenciesInLayers()
        .withOptionalLayers(true)
        .layer("codec and merge")
        .definedBy(ROOT + ".codec..", ROOT + ".merge..")
        .layer("root")
        .definedBy(CONSTRUCTION)
        .layer("survey")
        .definedBy(room("survey"))
        .layer("partition")
        .definedBy(room("partition"))
        .layer("candidates")
        .definedBy(room("candidates"))
        .layer("insertion")
        .definedBy(room("insertion"))
        .layer("linking")
        .definedBy(room("linking"))
        .layer("search")
        .definedBy(room("search"))
        .layer("selection")
        .definedBy(room("selection"))
        .layer("parallel")
        .definedBy(room("parallel"))
        .whereLayer("codec and merge")
        .mayOnlyAccessLayers("root", "parallel")
        .whereLayer("root")
        .mayOnlyAccessLayers(ROOMS)
        .whereLayer("survey")
        .mayOnlyAccessLayers("search", "parallel")
        .whereLayer("candidates")
        .mayOnlyAccessLayers("survey", "partition", "parallel")
        .whereLayer("partition")
        .mayOnlyAccessLayers("parallel")
        .whereLayer("insertion")
        .mayOnlyAccessLayers("linking", "search", "selection", "parallel")
        .whereLayer("linking")
        .mayOnlyAccessLayers("search", "selection", "parallel")
        .whereLayer("search")
        .mayOnlyAccessLayers("parallel")
        .whereLayer("selection")
        .mayOnlyAccessLayers("parallel")
        .whereLayer("parallel")
        .mayNotAccessAnyLayer()
        .check(mainClasses());
  }

  /**
   * The plug-ins see the public API only. They are projects of their own, compiled after these
   * tests, so the names in their sources are what can be looked at here.
   */
  public void testPluginsSeeTheCodecOnly() throws IOException {
    Pattern ours = Pattern.compile(Pattern.quote(ROOT) + "\\.(\\w+)");
    for (String plugin : new String[] {"solr", "opensearch"}) {
      Path sources = Path.of(plugin, "src", "main", "java");
      List<Path> files;
      try (Stream<Path> all = Files.walk(sources)) {
        files = all.filter(path -> path.toString().endsWith(".java")).toList();
      }
      boolean usesCodec = false;
      for (Path file : files) {
        for (MatchResult name : ours.matcher(Files.readString(file)).results().toList()) {
          boolean codec = name.group(1).equals("codec");
          assertTrue(file + " names " + name.group(), codec || name.group(1).equals(plugin));
          usesCodec |= codec;
        }
      }
      assertTrue("looked into " + files, usesCodec);
    }
  }

  private static String room(String name) {
    return CONSTRUCTION + "." + name + "..";
  }

  public void testEveryClassIsInALayer() {
    noClasses()
        .should()
        .resideOutsideOfPackages(
            ROOT + ".vectors..",
            ROOT + ".graph..",
            ROOT + ".construction..",
            ROOT + ".merge..",
            ROOT + ".codec..")
        .check(mainClasses());
    String[] rooms = Stream.of(ROOMS).map(TestLayering::room).toArray(String[]::new);
    noClasses()
        .that()
        .resideInAPackage(CONSTRUCTION + ".*..")
        .should()
        .resideOutsideOfPackages(rooms)
        .check(mainClasses());
  }

  public void testOnlyPanamaKernelsNeedTheVectorModule() {
    noClasses()
        .that()
        .haveSimpleNameNotStartingWith("Panama")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("jdk.incubator..")
        .check(mainClasses());
  }

  public void testNoLocksOnTheBuildPath() {
    JavaClasses classes = mainClasses();
    noClasses()
        .that()
        .resideInAnyPackage(BUILD_PATH)
        .should()
        .dependOnClassesThat()
        .resideInAPackage("java.util.concurrent.locks..")
        .check(classes);
    noMethods()
        .that()
        .areDeclaredInClassesThat()
        .resideInAnyPackage(BUILD_PATH)
        .should()
        .haveModifier(JavaModifier.SYNCHRONIZED)
        .check(classes);
  }

  /** ArchUnit does not look into methods for monitors; the ASM inside it does. */
  public void testNoSynchronizedBlocksOnTheBuildPath() throws IOException {
    int[] methods = new int[1];
    for (JavaClass javaClass : mainClasses().that(resideInAnyPackage(BUILD_PATH))) {
      try (InputStream in = javaClass.getSource().orElseThrow().getUri().toURL().openStream()) {
        new ClassReader(in).accept(monitorFinder(javaClass.getName(), methods), 0);
      }
    }
    assertTrue("looked into " + methods[0], methods[0] > 100);
  }

  private static ClassVisitor monitorFinder(String className, int[] methods) {
    return new ClassVisitor(Opcodes.ASM9) {
      @Override
      public MethodVisitor visitMethod(
          int access, String name, String descriptor, String signature, String[] exceptions) {
        methods[0]++;
        return new MethodVisitor(Opcodes.ASM9) {
          @Override
          public void visitInsn(int opcode) {
            assertNotEquals(className + "." + name, Opcodes.MONITORENTER, opcode);
          }
        };
      }
    };
  }

  public void testOnlyParallelRangesUsesThreads() {
    noClasses()
        .that()
        .resideInAnyPackage(BUILD_PATH)
        .and()
        .doNotBelongToAnyOf(ParallelRanges.class)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("java.util.concurrent..")
        .orShould()
        .dependOnClassesThat()
        .haveFullyQualifiedName("org.apache.lucene.search.TaskExecutor")
        .orShould()
        .dependOnClassesThat()
        .areAssignableTo(Thread.class)
        .check(mainClasses());
  }

  public void testLucenesWriterIsTheCodecsBusiness() {
    noClasses()
        .that()
        .resideInAnyPackage(BUILD_PATH)
        .and()
        .haveNameNotMatching(".*\\.FileRows") // reads the flat file that they describe
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.apache.lucene.codecs..")
        .check(mainClasses());
  }
}
