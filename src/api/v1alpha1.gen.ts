// Generated from crds/ by `make generate`. Do not edit.
/**
 * What matches, who is asked, and the limits of what is granted.
 */
export interface ApprovalPolicySpec {
  match: Match
  /**
   * If several policies match, the highest priority counts. Two of the same priority stop the request.
   */
  priority: number
  /**
   * The IdentityProvider through which the approvers are asked.
   */
  identityProvider: string
  /**
   * Who decides. Every stage must be satisfied, but for those that stand in for another one. One denial ends the request. A person counts once, whichever stages name them.
   *
   * @minItems 1
   * @maxItems 4
   */
  stages: Stage[]
  visibility?: Visibility
  require?: Requirements
  separationOfDuties?: SeparationOfDuties
  requestedExpiry: ExpiryLimits
  limits: PromptLimits
  token?: TokenLimits
}
/**
 * All clauses must hold. An absent list means any.
 */
export interface Match {
  namespaceSelector: NamespaceSelector
  /**
   * Actions; `*` stands for any characters, so `promote-*` or `*`.
   *
   * @minItems 1
   * @maxItems 32
   */
  actions: string[]
  /**
   * Kinds of targets, for example `Rollout`.
   *
   * @minItems 1
   * @maxItems 32
   */
  targetKinds?: string[]
  /**
   * Environments. Only a Namespace with the label `countersign.dev/environment` can match, since without it the environment is only a claim.
   *
   * @minItems 1
   * @maxItems 32
   */
  environments?: string[]
  /**
   * Who may ask under this policy.
   *
   * @minItems 1
   * @maxItems 64
   */
  requesters?: Subject[]
}
/**
 * Labels that the request's Namespace must have. An empty selector means every Namespace.
 */
export interface NamespaceSelector {
  /**
   * Labels with the values that they must have.
   */
  matchLabels?: {
    [k: string]: string
  }
  /**
   * Requirements on labels, as in every Kubernetes label selector.
   *
   * @maxItems 16
   */
  matchExpressions?: LabelRequirement[]
}
export interface LabelRequirement {
  /**
   * The label's key.
   */
  key: string
  /**
   * How the label is compared.
   */
  operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist'
  /**
   * The values for In and NotIn.
   *
   * @maxItems 32
   */
  values?: string[]
}
export interface Subject {
  /**
   * What the name belongs to.
   */
  kind: 'User' | 'ServiceAccount'
  /**
   * The user's or the ServiceAccount's name.
   */
  name: string
  /**
   * The ServiceAccount's namespace.
   */
  namespace?: string
}
export interface Stage {
  /**
   * The stage's name, for example `sre`.
   */
  name: string
  /**
   * How many different people must say yes.
   */
  required: number
  /**
   * `Together`, or without it: all approvers are asked at once. `InTurn` asks as many as are required, and one more each `turn`, in the order of the list; who was asked before can still answer.
   */
  ask?: 'Together' | 'InTurn'
  /**
   * How long each person is waited for before one more is asked, for example `2m`.
   */
  turn?: string
  /**
   * Escalation: the approvers of this stage are asked once that stage is still missing an approval `after` so long, and count toward it.
   */
  insteadOf?: string
  /**
   * How long after the first prompt of the request this stage is asked, for example `10m`.
   */
  after?: string
  /**
   * The people who are asked, and groups whose members are; at most 16 people in all stages together.
   *
   * @minItems 1
   * @maxItems 16
   */
  approvers?: Approver[]
  groupFrom?: GroupFrom
}
export interface Approver {
  /**
   * The approver's name for people to read, for example an e-mail address.
   */
  name?: string
  /**
   * The login_hint by which the provider knows the approver (CIBA Core §7.1).
   */
  hint?: string
  /**
   * The `sub` that the answer must carry. Without it the provider's approverClaim must equal the hint.
   */
  subject?: string
  /**
   * An ApproverGroup: the people who are in it when the request is asked. Instead of name and hint.
   */
  group?: string
}
/**
 * Instead of approvers: the ApproverGroup that a label of the request's Namespace names, so that one policy serves many teams.
 */
export interface GroupFrom {
  /**
   * The label of the Namespace whose value is the name of the group, for example `company.com/team`.
   */
  namespaceLabel: string
  /**
   * The groups that may be named so. A Namespace that names another one has nobody to ask.
   *
   * @minItems 1
   * @maxItems 64
   */
  allowed: string[]
}
/**
 * What the inbox shows an approver, where several people are asked.
 */
export interface Visibility {
  /**
   * When an approver sees the answers of the others: `AfterOwnAnswer`, so that each decides alone, or `Always`. Who is asked, and how many must approve, is shown in any case.
   */
  answers: 'AfterOwnAnswer' | 'Always'
}
/**
 * How the approver must have logged in. An answer whose ID token does not show it is refused (AuthenticationTooWeak).
 */
export interface Requirements {
  /**
   * Authentication contexts, preferred ones first, for example `phr`. They are sent as `acr_values` (CIBA Core §7.1), and the ID token's `acr` must be one of them.
   *
   * @minItems 1
   * @maxItems 8
   */
  acrValues?: string[]
  /**
   * How long before the operator receives the answer the approver may have logged in, by the ID token's `auth_time`, for example `5m`. A minute more is accepted for clocks that differ.
   */
  maxAuthenticationAge?: string
}
/**
 * People who cannot approve, besides the requester. It only excludes people: those who are named are not asked, and their answers do not count. While it cannot be read, the request waits (ExcludedPeopleUnknown).
 */
export interface SeparationOfDuties {
  changeAuthors?: ChangeAuthors
  agentOwner?: AgentOwner
}
/**
 * The people who made the change, by annotations of the target as it is when the approver is about to be asked. The operator reads those of Rollouts (argoproj.io) only.
 */
export interface ChangeAuthors {
  /**
   * Names of annotations, of which the target must have one at least, for example `company.com/change-author`. The value names people, separated by commas or semicolons, each as the policy, the provider or Git does: `alice`, `alice@company.com` or `Alice <alice@company.com>`.
   *
   * @minItems 1
   * @maxItems 4
   */
  annotations: string[]
}
/**
 * The people who own the agent, by an annotation of the ServiceAccount that asks. A requester that is a User has no owner: it is excluded itself.
 */
export interface AgentOwner {
  /**
   * The annotation's name, for example `company.com/owner`. The value names people as `changeAuthors` does.
   */
  annotation: string
}
/**
 * How long a request stands.
 */
export interface ExpiryLimits {
  /**
   * For requests that do not say.
   */
  default: string
  /**
   * The longest that a request may ask for.
   */
  max: string
}
/**
 * How much one person is asked, and how much one requester may ask. Prompts count whichever policy they were sent under. A request in excess waits with the reason Throttled.
 */
export interface PromptLimits {
  /**
   * How many prompts an approver may have at once. A prompt is open until it is answered or expires, also if its request is deleted. One namespace uses all but one of them, so that others can still ask. For one requester and one target, one prompt is open at a time.
   */
  openPromptsPerApprover: number
  /**
   * How many prompts an approver may get within an hour. One namespace uses three quarters of them, so that others can still ask.
   */
  promptsPerApproverPerHour: number
  /**
   * How many requests of one requester may wait for, or hold, a prompt.
   */
  openRequestsPerRequester: number
  /**
   * How many requests of one namespace may wait for, or hold, a prompt.
   */
  openRequestsPerNamespace: number
  /**
   * How long the same requester waits before it asks the same approver about the same target again, after a denial, after an expiry, or after a request was withdrawn while its prompt was open.
   */
  pauseAfterRefusal: string
}
/**
 * What a token may carry. Without this no token is granted, only the approval.
 */
export interface TokenLimits {
  /**
   * The scopes that may be asked for.
   *
   * @maxItems 32
   */
  scopes?: string[]
  /**
   * The audiences that may be asked for.
   *
   * @maxItems 32
   */
  audiences?: string[]
  /**
   * The longest lifetime of a token that is accepted from the provider, for example `10m`. It is compared with `expires_in` of the token response or, if the token is a JWT with `exp`, with that. A token that states neither is refused.
   */
  maxLifetime: string
}

/**
 * Whether people can be asked under this policy, as far as the operator knows.
 */
export interface ApprovalPolicyStatus {
  /**
   * Who decides, in short. The name of the one who decides alone; otherwise each stage with the number of approvals that it needs, and of how many people or of which groups, such as `sre 1/3 or lead after 10m, on-call 1/sre-oncall`.
   */
  approvers?: string
  /**
   * `Ready` says whether people can be asked under the policy; its reason and message say what is wrong and what to do.
   *
   * @maxItems 8
   */
  conditions?: Condition[]
}
export interface Condition {
  /**
   * The condition's name.
   */
  type: string
  /**
   * Whether the condition holds.
   */
  status: 'True' | 'False' | 'Unknown'
  /**
   * The generation of the object that this was said about.
   */
  observedGeneration?: number
  /**
   * When the status last changed.
   */
  lastTransitionTime: string
  /**
   * Why, as one word out of the closed list in the documentation.
   */
  reason: string
  /**
   * Why, as a sentence that says what to do next.
   */
  message: string
}

/**
 * The request. It cannot be edited, since a person's answer is bound to it; ask again with a new object.
 */
export interface ApprovalRequestSpec {
  requester: Requester
  /**
   * What is to be done, as a verb and a noun in lower case: `promote-rollout`, `drain-node`, `rollback-config`, `rotate-secret`, `scale-out`, `failover`, `merge-pull-request`.
   */
  action: string
  target: Target
  /**
   * The environment that is acted on, for example `prod`. Must equal the Namespace's label `countersign.dev/environment`, if it has that label.
   */
  environment: string
  /**
   * One line in the requester's own words. Shown to the approver as a claim of the requester.
   */
  summary: string
  /**
   * Why, in the requester's own words. Shown to the approver as a claim of the requester.
   */
  reason?: string
  /**
   * Facts that the requester puts forward, such as a success rate. Shown to the approver as claims.
   *
   * @maxItems 16
   */
  evidence?: Evidence[]
  /**
   * The exact arguments of the action. They are part of the digest that the answer is bound to.
   */
  parameters?: {
    [k: string]: string
  }
  /**
   * The parameters that the approver may change, and how far. What was decided stands in status.decision.parameters: act with those. Offered to the approver where the IdentityProvider supports authorization_details.
   *
   * @maxItems 4
   */
  adjustable?: Adjustable[]
  /**
   * How long the approvers have once the first is asked, for example `10m`. Default and maximum come from the ApprovalPolicy. A request that no policy matches stands no longer than that either; one that waits for its turn (Throttled) stands until the policy's maximum.
   */
  requestedExpiry?: string
  token?: TokenRequest
  /**
   * How long this object is kept after its outcome is known. The operator's default is 720h.
   */
  ttlAfterFinished?: string
}
/**
 * Who asks: the authenticated user that created this object. Clusters from Kubernetes 1.36 on stamp it; on older ones write your own username. It cannot name anyone else.
 */
export interface Requester {
  /**
   * The user name as `kubectl auth whoami` shows it, for example `system:serviceaccount:prod:release-bot`.
   */
  username: string
  /**
   * The uid that the API server knows the user by, if it has one.
   */
  uid?: string
}
/**
 * What the action is done to.
 */
export interface Target {
  /**
   * The apiVersion of the target, for example `argoproj.io/v1alpha1`.
   */
  apiVersion?: string
  /**
   * The kind of the target, for example `Rollout` or `Node`.
   */
  kind: string
  /**
   * The name of the target.
   */
  name: string
  /**
   * Pins what exactly is approved, for example a pod-template hash, an image digest or a commit.
   */
  revision?: string
}
export interface Evidence {
  /**
   * What was observed, for example `success rate`.
   */
  name: string
  /**
   * The value with its unit, for example `99.8 %`.
   */
  value: string
  /**
   * Where the approver can look for herself. Shown as text.
   */
  url?: string
}
export interface Adjustable {
  /**
   * A name out of spec.parameters.
   */
  name: string
  /**
   * How the value is read: `Duration` such as 90s, 5m or 1h30m, `Integer` a whole number, `Enum` one of the values.
   */
  type: 'Duration' | 'Integer' | 'Enum'
  /**
   * The least value, of a Duration or an Integer.
   */
  minimum?: string
  /**
   * The greatest value, of a Duration or an Integer.
   */
  maximum?: string
  /**
   * The values to choose from, of an Enum.
   *
   * @minItems 1
   * @maxItems 8
   */
  values?: string[]
}
/**
 * The credential that is wanted with the approval. Without it the approval itself is the answer.
 */
export interface TokenRequest {
  /**
   * OAuth scopes for the token, out of those that the ApprovalPolicy grants.
   *
   * @maxItems 8
   */
  scopes?: string[]
  /**
   * The resource server that the token is for, an absolute URI, out of those that the ApprovalPolicy grants.
   */
  audience?: string
  /**
   * `Secret` puts the token into the Secret `<name>.countersign`. `None` drops it: the approval itself is the answer.
   */
  delivery: 'Secret' | 'None'
}

/**
 * The answer, written by the operator alone.
 */
export interface ApprovalRequestStatus {
  /**
   * Empty until the answer is final. Only `Approved` means that a person said yes.
   */
  outcome?: 'Approved' | 'Denied' | 'Expired' | 'Withdrawn' | 'Failed'
  /**
   * `Complete` is the summary: False with the reason for waiting, True with the reason of the outcome. One more condition is named as the outcome. Wait with `kubectl wait --for=condition=Complete`.
   *
   * @maxItems 8
   */
  conditions?: Condition[]
  /**
   * What the answer is bound to. SHA-256 of the RFC 8785 form of the request's typed fields.
   */
  digest?: string
  /**
   * Six characters shown to requester and approver alike, so that both know they mean the same request.
   */
  code?: string
  /**
   * When the request expires without an answer.
   */
  deadline?: string
  /**
   * Until when the request stands, or, once approved, until when the approval is valid.
   */
  expires?: string
  effective?: EffectiveTerms
  /**
   * Facts that the operator read in the cluster, each with its source, kept apart from the requester's evidence.
   *
   * @maxItems 16
   */
  computed?: ComputedFact[]
  /**
   * One entry per backchannel authentication request (CIBA Core §7.1).
   *
   * @maxItems 16
   */
  prompts?: Prompt[]
  decision?: Decision
  /**
   * Who is asked, in one line; where several people are, how many approvals each stage has and needs. In the end who decided.
   */
  approverSummary?: string
  /**
   * Until when the approval may be acted on.
   */
  validUntil?: string
  /**
   * When the token expires; the Secret is deleted then.
   */
  tokenExpiresAt?: string
  /**
   * The Secret that holds the token.
   */
  secretName?: string
}
/**
 * The request as it was asked, fixed before the approver is disturbed. Later edits of policy or provider change nothing for this request.
 */
export interface EffectiveTerms {
  /**
   * The ApprovalPolicy that matched.
   */
  policy: string
  /**
   * The IdentityProvider that was asked.
   */
  identityProvider: string
  /**
   * The issuer that signs the answer.
   */
  issuer: string
  /**
   * The OAuth client that asks on behalf of the requester.
   */
  clientID: string
  /**
   * What must be satisfied, where several people are asked. Without it the one approver decides.
   *
   * @maxItems 4
   */
  stages?: EffectiveStage[]
  /**
   * When the inbox shows an approver the answers of the others, where several people are asked. Without it after the approver's own.
   */
  answersVisible?: 'AfterOwnAnswer' | 'Always'
  /**
   * When the first of several people was asked; turns and escalations count from it.
   */
  askedAt?: string
  /**
   * The people who are asked. The first one's prompt has the id approver-1, the next one's approver-2.
   *
   * @minItems 1
   * @maxItems 16
   */
  approvers: EffectiveApprover[]
  kubernetesUsernames?: EffectiveUsernames
  /**
   * The people who cannot approve besides the requester, as the operator read them before the approver was asked. status.computed says where.
   *
   * @maxItems 64
   */
  excluded?: ExcludedPerson[]
  require?: EffectiveRequirements
  /**
   * The scopes that are asked for, `openid` and the ones that name the action included.
   *
   * @maxItems 16
   */
  scopes: string[]
  /**
   * Scopes that the provider grants unasked, which do not count as wider.
   *
   * @maxItems 32
   */
  ignoredScopes?: string[]
  /**
   * The resource server that the token is for.
   */
  audience?: string
  /**
   * The signature algorithms that are accepted, as far as the provider's metadata lists them.
   *
   * @maxItems 16
   */
  algorithms?: string[]
  /**
   * Whether the provider was asked to grant the action as authorization_details.
   */
  authorizationDetails?: 'Supported' | 'Unsupported'
  /**
   * How the operator learns of the answer. Without it, by polling.
   */
  delivery?: 'Poll' | 'Ping'
  /**
   * The longest token lifetime that is accepted; also how long the approval is valid.
   */
  tokenMaxLifetimeSeconds?: number
}
export interface EffectiveStage {
  /**
   * The stage's name.
   */
  name: string
  /**
   * How many different people must say yes.
   */
  required: number
  /**
   * The ids of the prompts of its approvers, in the order in which they are asked.
   *
   * @maxItems 16
   */
  approvers: string[]
  /**
   * The stage that its approvals count toward.
   */
  insteadOf?: string
  /**
   * How long after askedAt its approvers are asked.
   */
  afterSeconds?: number
  /**
   * How long each person is waited for before one more is asked. Without it all are asked together.
   */
  turnSeconds?: number
}
export interface EffectiveApprover {
  /**
   * The approver's name for people to read.
   */
  name: string
  /**
   * The login_hint sent to the provider.
   */
  hint: string
  /**
   * The ID token claim that must name the approver.
   */
  claim: string
  /**
   * The value that this claim must have.
   */
  expected: string
  /**
   * How the claim is compared with it. Without it, exactly.
   */
  comparison?: 'Exact' | 'IgnoreCase'
  via?: Via
}
/**
 * The ApproverGroup that the approver was in; absent for one whom the policy names.
 */
export interface Via {
  /**
   * The group's name.
   */
  group: string
  /**
   * Where the group's members came from.
   */
  source: 'Members' | 'Keycloak' | 'Calendar'
  /**
   * When the source had said so.
   */
  asOf?: string
}
/**
 * How the API server spells the provider's users, who never approve their own requests.
 */
export interface EffectiveUsernames {
  /**
   * What stands before the claim's value.
   */
  prefix: string
  /**
   * The ID token claim that is the user name.
   */
  claim: string
}
export interface ExcludedPerson {
  /**
   * The person's name, as the annotation has it.
   */
  name: string
  /**
   * Why this person may not approve.
   */
  as: 'ChangeAuthor' | 'AgentOwner'
}
/**
 * How the approver must have logged in. Without it, in any way.
 */
export interface EffectiveRequirements {
  /**
   * The `acr_values` that were sent; the ID token's `acr` must be one of them.
   *
   * @maxItems 8
   */
  acrValues?: string[]
  /**
   * How long before the answer the ID token's `auth_time` may be.
   */
  maxAuthenticationAgeSeconds?: number
}
export interface ComputedFact {
  /**
   * What was established.
   */
  name: string
  /**
   * Its value.
   */
  value: string
  /**
   * Where the operator read it, and who can write that.
   */
  source?: string
}
export interface Prompt {
  /**
   * The prompt's id within this request.
   */
  id: string
  /**
   * How often this prompt was sent. Each attempt is recorded before it is sent.
   */
  attempt: number
  /**
   * Who is asked.
   */
  approver: string
  /**
   * The stages that the approver is asked for, where several people are asked.
   */
  stage?: string
  /**
   * How the prompt ended, where several people are asked; empty while it is open. `NotNeeded`: the request ended before its answer. `Failed`: no answer can come any more, for a reason that `message` names.
   */
  state?: 'Approved' | 'Denied' | 'Expired' | 'Failed' | 'NotNeeded'
  /**
   * Why the prompt failed.
   */
  message?: string
  /**
   * When the operator received the approver's answer.
   */
  answeredAt?: string
  answer?: Answer
  /**
   * When the attempt was recorded, just before it was sent. Alone it does not say that anybody was asked.
   */
  sentAt?: string
  /**
   * When the provider forgets the prompt. Set once the provider has taken the prompt: somebody is asked.
   */
  expiresAt?: string
  /**
   * The provider's interval between token requests (CIBA Core §7.3).
   */
  intervalSeconds?: number
  /**
   * When the provider first said that the answer is there (CIBA Core §10.2).
   */
  pingedAt?: string
  /**
   * The operator's key that the assertion's `jti`, for private_key_jwt, and the notification token, for delivery by ping, are derived with.
   */
  kid?: string
  /**
   * Until when this attempt may be sent again without disturbing anyone twice.
   */
  assertionExpiresAt?: string
  /**
   * The provider's auth_req_id, sealed with the operator's key.
   */
  handle?: string
}
/**
 * Verified facts about an approval that did not decide the request alone; the others that it waits for are still asked.
 */
export interface Answer {
  /**
   * The `iss` of the ID token.
   */
  issuer: string
  /**
   * The `sub` of the ID token.
   */
  subject: string
  /**
   * The `acr` of the ID token.
   */
  acr?: string
  /**
   * The `amr` of the ID token.
   *
   * @maxItems 16
   */
  amr?: string[]
  /**
   * The `auth_time` of the ID token.
   */
  authTime?: string
  /**
   * As in status.decision, where the operator received the answer late.
   */
  answeredAfter?: string
  /**
   * Set until the operator has revoked the token that came with this answer, which nobody needs. If it stays, a controller ended in between, or the provider revokes no tokens: the token may be valid until then.
   */
  tokenValidUntil?: string
  /**
   * The same facts sealed with the operator's key, so that nobody else can write them.
   */
  seal: string
}
/**
 * Verified facts about the answer.
 */
export interface Decision {
  /**
   * The id of the prompt whose answer decided, where several people were asked.
   */
  prompt?: string
  /**
   * Who approved, as the provider signed it.
   *
   * @maxItems 16
   */
  approvers: VerifiedApprover[]
  /**
   * When the operator received the answer.
   */
  decidedAt: string
  /**
   * Set where the operator received the answer late, for instance because the provider could not be reached. The approver answered between this moment and decidedAt.
   */
  answeredAfter?: string
  /**
   * The parameters to act with. Where the approver changed some (reason ApprovedWithChanges) they differ from spec.parameters.
   */
  parameters?: {
    [k: string]: string
  }
  /**
   * What the provider granted (RFC 9396), where it was asked for it. The token's claim `authorization_details` says the same.
   *
   * @maxItems 1
   */
  authorizationDetails?: AuthorizationDetail[]
  /**
   * The same facts sealed with the operator's key, so that nobody else can write them.
   */
  seal: string
}
export interface VerifiedApprover {
  /**
   * The `iss` of the ID token.
   */
  issuer: string
  /**
   * The `sub` of the ID token.
   */
  subject: string
  /**
   * The approver's name, from the policy.
   */
  name: string
  /**
   * When the operator received this person's answer, where several people were asked.
   */
  answeredAt?: string
  /**
   * The `acr` of the ID token.
   */
  acr?: string
  /**
   * The `amr` of the ID token.
   *
   * @maxItems 16
   */
  amr?: string[]
  /**
   * The `auth_time` of the ID token.
   */
  authTime?: string
}
export interface AuthorizationDetail {
  /**
   * Always `countersign.dev/action`.
   */
  type: string
  /**
   * The action.
   *
   * @maxItems 1
   */
  actions: string[]
  /**
   * The target: its namespace, kind and name, separated by slashes.
   */
  identifier: string
  /**
   * The digest of the request.
   */
  digest: string
  /**
   * The parameters as they were granted.
   */
  parameters: {
    [k: string]: string
  }
}

/**
 * Where the members come from, and how old what is known of them may be.
 */
export interface ApproverGroupSpec {
  /**
   * The members by name. Anyone who can edit the object decides who they are.
   *
   * @minItems 1
   * @maxItems 16
   */
  members?: GroupMember[]
  keycloak?: KeycloakSource
  calendar?: CalendarSource
  /**
   * How often the source is read. A calendar is also read when a shift ends.
   */
  refresh: string
  /**
   * How old what is known of the members may be. While the source fails they are used until then; after that requests wait, in GroupStale.
   */
  maxAge: string
}
export interface GroupMember {
  /**
   * The person's name for people to read, for example an e-mail address.
   */
  name: string
  /**
   * The login_hint by which the provider knows the person (CIBA Core §7.1).
   */
  hint: string
  /**
   * The `sub` that the answer must carry. Without it the provider's approverClaim must equal the hint.
   */
  subject?: string
}
/**
 * The users of a Keycloak group, read by Keycloak's Admin API. Users that are disabled, and those of subgroups, are no members.
 */
export interface KeycloakSource {
  /**
   * The IdentityProvider whose issuer is the Keycloak realm, such as `https://sso.company.com/realms/prod`. Policies that use the group must ask through it.
   */
  identityProvider: string
  /**
   * The path of the group in Keycloak, for example `/sre` or `/teams/foo`.
   */
  group: string
  /**
   * A client with a service account that has the roles view-users and query-groups of realm-management. Use one for nothing else.
   */
  clientID: string
  secretRef: KeycloakSecretReference
}
/**
 * The client's secret, a Secret in the operator's own namespace.
 */
export interface KeycloakSecretReference {
  /**
   * The Secret's name.
   */
  name: string
  /**
   * The key within the Secret's data.
   */
  key: string
}
/**
 * Those of the listed people who are on call now by an iCalendar feed (RFC 5545), such as PagerDuty, Grafana and Opsgenie export.
 */
export interface CalendarSource {
  secretRef: FeedReference
  /**
   * Where an event names the person on call: `Attendee`, the e-mail address of an attendee who did not decline, or `Summary`, the event's title.
   */
  by: 'Attendee' | 'Summary'
  /**
   * The time zone of times that name none, for example `Europe/Berlin`. Without it the calendar's own, if it names one.
   */
  timeZone?: string
  /**
   * The people who can be on call. The calendar selects among them; it can add nobody.
   *
   * @minItems 1
   * @maxItems 64
   */
  people: PersonOnCall[]
  /**
   * PEM certificates to trust for the feed, instead of the system's.
   */
  caBundle?: string
  /**
   * Accept plain http, for a loopback address only. For demonstrations and tests.
   */
  allowInsecureHTTP: boolean
}
/**
 * The feed's https URL, a Secret in the operator's own namespace: such a URL is all that is needed to read the calendar.
 */
export interface FeedReference {
  /**
   * The Secret's name.
   */
  name: string
  /**
   * The key within the Secret's data.
   */
  key: string
}
export interface PersonOnCall {
  /**
   * By `Attendee` the e-mail address; by `Summary` a text that the title contains as whole words. Upper and lower case are the same.
   */
  match: string
  /**
   * The person's name for people to read, for example an e-mail address.
   */
  name: string
  /**
   * The login_hint by which the provider knows the person (CIBA Core §7.1).
   */
  hint: string
  /**
   * The `sub` that the answer must carry. Without it the provider's approverClaim must equal the hint.
   */
  subject?: string
}

/**
 * Who the members are, and when the source said so.
 */
export interface ApproverGroupStatus {
  /**
   * Where the members come from.
   */
  source?: 'Members' | 'Keycloak' | 'Calendar'
  /**
   * The members as the source named them last. They are kept while the source fails, until maxAge.
   *
   * @maxItems 16
   */
  members?: GroupMember[]
  /**
   * The names of the members in a few words, for the column MEMBERS.
   */
  memberSummary?: string
  /**
   * When the source said so. A refresh that changes nothing is written down only after a quarter of maxAge.
   */
  asOf?: string
  /**
   * `Ready` says whether there is someone to ask; its reason and message say what is wrong and what to do.
   *
   * @maxItems 8
   */
  conditions?: Condition[]
}

/**
 * The provider, its habits, and the clients that ask there.
 */
export interface IdentityProviderSpec {
  /**
   * The provider's issuer identifier, exactly as its discovery document says it.
   */
  issuer: string
  /**
   * Presets for a provider's habits; those that have a field can be overridden below. `OidcProvider` is panva's oidc-provider, which the embedded provider is made of.
   */
  profile: 'Generic' | 'Keycloak' | 'Auth0' | 'OidcProvider'
  /**
   * The OAuth clients that ask. Every agent has an identity of its own: the client whose requesters match is used; one without requesters serves the rest.
   *
   * @minItems 1
   * @maxItems 64
   */
  clients: Client[]
  /**
   * How the operator learns that an approver has answered (CIBA Core §5). `Poll` asks the token endpoint at the provider's interval. With `Ping` the provider says so at the operator's /v1/ping, which has to be the notification endpoint of each client there; the token endpoint is still asked every 30 seconds, in case a ping is lost.
   */
  delivery: 'Poll' | 'Ping'
  hint?: Hint
  /**
   * How the provider learns the action, so that it signs it into the token. `ParameterizedScopes` asks for the scopes action:…, target:…, namespace:…, kind:…, revision:…, environment:… and digest:… . The default comes from the profile.
   */
  actionBinding?: 'None' | 'ParameterizedScopes'
  /**
   * Whether the provider takes rich authorization requests (RFC 9396) by CIBA. With `Supported` it is asked to grant the action with its parameters, so that an approver can change what the request lets her change, and what comes back must match. The default comes from the profile.
   */
  authorizationDetails?: 'Supported' | 'Unsupported'
  /**
   * Whether the provider refuses a client assertion that it has seen before. With `Refused` a prompt whose answer was lost is sent again, which then disturbs nobody twice. The default comes from the profile.
   */
  assertionReplay?: 'Refused' | 'Unknown'
  bindingMessage?: BindingMessage
  token?: TokenHabits
  kubernetesUsernames?: KubernetesUsernames
  /**
   * PEM certificates to trust for this provider, instead of the system's.
   */
  caBundle?: string
  /**
   * Accept plain http, for a loopback issuer only. For demonstrations and tests.
   */
  allowInsecureHTTP: boolean
}
export interface Client {
  /**
   * The client_id at the provider.
   */
  clientID: string
  authentication: ClientAuthentication
  /**
   * The requesters that this client asks for.
   *
   * @minItems 1
   * @maxItems 64
   */
  requesters?: Subject[]
}
/**
 * How the client proves itself to the provider.
 */
export interface ClientAuthentication {
  /**
   * The token_endpoint_auth_method, used at both endpoints. With `private_key_jwt` a prompt whose answer was lost can be sent again without disturbing anyone twice; it is the one to prefer.
   */
  method: 'client_secret_basic' | 'client_secret_post' | 'private_key_jwt'
  /**
   * How `private_key_jwt` signs. The default follows from the key.
   */
  algorithm?:
    | 'ES256'
    | 'ES384'
    | 'ES512'
    | 'PS256'
    | 'PS384'
    | 'PS512'
    | 'RS256'
    | 'RS384'
    | 'RS512'
    | 'EdDSA'
    | 'Ed25519'
  secretRef: SecretReference
}
/**
 * The credential, a Secret in the operator's own namespace: the client's secret, or for `private_key_jwt` its private key as a JWK.
 */
export interface SecretReference {
  /**
   * The Secret's name.
   */
  name: string
  /**
   * The key within the Secret's data.
   */
  key: string
}
/**
 * How the provider is told whom to ask.
 */
export interface Hint {
  /**
   * The form of login_hint (CIBA Core §7.1). `Plain` is the approver's hint as it stands in the policy. With `IssSub` that hint is the approver's `sub`, and is sent as a JSON subject identifier together with the issuer (RFC 9493 §3.2.2). The default comes from the profile.
   */
  type?: 'Plain' | 'IssSub'
}
/**
 * What the provider accepts as binding_message (CIBA Core §7.1). The default comes from the profile.
 */
export interface BindingMessage {
  /**
   * The accepted characters, as the inside of a regular expression's brackets, for example `a-zA-Z0-9._-`.
   */
  pattern?: string
  /**
   * The longest accepted message.
   */
  maxLength?: number
}
/**
 * How the provider's tokens look.
 */
export interface TokenHabits {
  /**
   * The signature algorithms that are accepted in ID tokens, as far as the provider's metadata lists them (id_token_signing_alg_values_supported). The default is all of these. `Ed25519` is the name of RFC 9864 for what is otherwise called `EdDSA`.
   *
   * @minItems 1
   * @maxItems 16
   */
  algorithms?: (
    | 'RS256'
    | 'RS384'
    | 'RS512'
    | 'PS256'
    | 'PS384'
    | 'PS512'
    | 'ES256'
    | 'ES384'
    | 'ES512'
    | 'EdDSA'
    | 'Ed25519'
  )[]
  /**
   * The ID token claim that equals an approver's hint. `email` counts only together with email_verified. The default comes from the profile; Generic has none.
   */
  approverClaim?: string
  /**
   * How that claim is compared with what the policy expects. With `IgnoreCase` the letters A to Z count as a to z; all other characters are compared exactly. The default is `IgnoreCase` for email, preferred_username, upn and unique_name, of which providers keep one account for all spellings, and `Exact` for every other claim. `sub` is always compared exactly.
   */
  approverClaimComparison?: 'Exact' | 'IgnoreCase'
  /**
   * Scopes that the provider grants unasked, which do not count as wider than asked.
   *
   * @maxItems 32
   */
  ignoredScopes?: string[]
}
/**
 * How the API server spells this provider's users, if it authenticates them: the prefix and the claim of its AuthenticationConfiguration (--oidc-username-prefix, --oidc-username-claim). A requester of that name never approves its own request. Without it, whatever ends in one of `: # / | \` before an approver's name counts as a prefix.
 */
export interface KubernetesUsernames {
  /**
   * What stands before the claim's value, for example `oidc:`; empty if nothing does.
   */
  prefix: string
  /**
   * The ID token claim that is the user name, for example `email`. An answer to the request of such a user without this claim is rejected.
   */
  claim: string
}

/**
 * Whether approvers can be asked there, as far as the operator knows.
 */
export interface IdentityProviderStatus {
  /**
   * `Ready` says whether the provider can be asked; its reason and message say what is wrong and what to do. Wait with `kubectl wait --for=condition=Ready`.
   *
   * @maxItems 8
   */
  conditions?: Condition[]
  /**
   * The `acr_values_supported` of the provider's metadata, when the operator last read it. Absent where the provider does not say, or says more than fits.
   *
   * @maxItems 64
   */
  acrValuesSupported?: string[]
  /**
   * Clients that the provider would not let in when they were used last. An entry goes when the client's Secret or the spec changes, or when the provider lets the client in.
   *
   * @maxItems 64
   */
  refusedClients?: RefusedClient[]
}
export interface RefusedClient {
  /**
   * The client_id at the provider.
   */
  clientID: string
  /**
   * The OAuth error that the provider answered.
   */
  error: string
  /**
   * What the provider said of it then, in one line, without what looks like a credential.
   */
  description?: string
  /**
   * When the provider answered so first.
   */
  refusedAt: string
  /**
   * The version of the Secret whose credential was refused.
   */
  secretResourceVersion?: string
}
