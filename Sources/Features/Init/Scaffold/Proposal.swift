/// A definition for a site that has none yet, with the reasons for every choice.
///
/// Pure: facts in, texts out. What is proposed is valid by the readers of `PipelineModel`, which the
/// caller holds it to before anything is written.
package struct Proposal: Sendable {
    package struct Stage: Sendable {
        package let name: String
        package let kind: String
        /// A sentence or more: why the stage is there, and what was found.
        package let reason: String
        /// What stands below the stage's name, without indentation.
        let lines: [String]
        /// A few words: what it is about.
        package let summary: String

        /// The same stage with more to say about it.
        func saying(_ more: String) -> Stage {
            Stage(
                name: name, kind: kind, reason: reason + " " + more, lines: lines, summary: summary)
        }
    }

    package struct Environment: Sendable {
        /// The name of the environment.
        package let name: String
        package let text: String
        /// What its author has to fill in before it can be used; a file with any is a draft.
        package let missing: [String]

        package var isDraft: Bool { !missing.isEmpty }
    }

    package let project: String
    package let stages: [Stage]
    package let definition: String
    package let environments: [Environment]
    /// The folder that the image is built from, `""` for the site's own; nil without an image.
    package let context: String?
    /// Paths below the context that must not get into the image.
    package let keptOut: [String]
    /// What the folder does not tell: comments of the definition.
    package let questions: [Question]
    /// What was seen and not used, and what to look at.
    package let notes: [String]
    /// What to do next, in order.
    package let next: [String]

    /// - Returns: nil where there is nothing that a stage could be made of.
    package static func make(_ facts: SiteFacts) -> Proposal? {
        let site = SiteChoice(facts)
        let stages = StageProposer(site).stages()
        guard !stages.isEmpty else { return nil }
        let environments =
            [LocalEnvironment(site).environment()]
            + [ProductionEnvironment(site).environment()]
            .compactMap(\.self)
        let advice = Advice(site, environments)
        return Proposal(
            project: site.project, stages: stages,
            definition: DefinitionText.text(project: site.project, stages, site),
            environments: environments, context: site.context,
            keptOut: site.keptOutOfImage, questions: site.questions, notes: advice.notes(),
            next: advice.next())
    }
}
