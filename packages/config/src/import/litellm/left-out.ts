// Why keys of LiteLLM are left out. What stands in none of these tables is not known to the importer.

type Why = Readonly<Record<string, string>>;

const ofClients = 'is not added to requests; clients state it';
const ofOtherClouds = 'is left out: there is no adapter that signs requests';
const noCallbacks = 'is left out: there are metrics and a log, and no callbacks';
const noCache = 'is left out: answers are not cached';
const noDatabase = 'is left out: clients stand in the configuration, and there is no database';
const noUsers = 'is left out: there are clients with keys of their own, and no users or teams';

function all(keys: readonly string[], why: string): Why {
  return Object.fromEntries(keys.map((key) => [key, why]));
}

export const whyOfParams: Why = {
  ...all(
    [
      'temperature',
      'max_tokens',
      'max_completion_tokens',
      'top_p',
      'seed',
      'stop',
      'n',
      'frequency_penalty',
      'presence_penalty',
      'reasoning_effort',
      'thinking',
      'extra_body',
      'extra_headers',
      'user',
      'input_type',
      'service_tier',
    ],
    ofClients,
  ),
  ...all(
    [
      'aws_access_key_id',
      'aws_secret_access_key',
      'aws_region_name',
      'vertex_project',
      'vertex_location',
      'vertex_credentials',
      'azure_ad_token',
      'tenant_id',
      'client_id',
      'client_secret',
    ],
    ofOtherClouds,
  ),
  input_cost_per_second: 'is left out: prices are per token',
  output_cost_per_second: 'is left out: prices are per token',
  input_cost_per_character: 'is left out: prices are per token',
  max_retries: 'is left out: the budget of the pool bounds retries',
  num_retries: 'is left out: the budget of the pool bounds retries',
  cooldown_time: 'is left out: how long a target is left out is stated for the pool',
  max_budget:
    'is left out: LiteLLM counts it per duration; state budget.usdPerDay or .usdPerMonth of the target',
  budget_duration: 'is left out with max_budget',
  tag_regex: 'is left out: a rule of the pool can look at header("user-agent")',
  mock_response: 'is left out: the provider simulated answers without a model',
  mock_timeout: 'is left out: the provider simulated answers without a model',
  drop_params: 'is left out: parameters are handed on as they are',
  additional_drop_params: 'is left out: parameters are handed on as they are',
  allowed_openai_params: 'is left out: parameters are handed on as they are',
};

const stated = 'is left out: litellm_params states it';

export const whyOfEntry: Why = { rpm: stated, tpm: stated };

export const whyOfModelInfo: Why = {
  ...all(['rpm', 'tpm', 'input_cost_per_token', 'output_cost_per_token'], stated),
  mode: 'is left out: what a target can answer is told by the path that is asked for',
  base_model: 'is left out: a price that the target states is what counts',
  max_tokens: 'is left out: the context window is what max_input_tokens states',
  max_output_tokens: 'is left out: requests state how long an answer may be',
  health_check_timeout: 'is left out: health.probe.timeout of the pool is the like',
  health_check_model: 'is left out: health.probe.request.model of the pool is the like',
  ...all(['access_groups', 'team_id', 'team_public_model_name'], noUsers),
  description: 'is left out: a comment can say it',
  metadata: 'is left out: a comment can say it',
};

export const whyOfRouter: Why = {
  retry_policy:
    'is left out: which failures are tried again does not depend on a policy of the file',
  model_group_retry_policy:
    'is left out: which failures are tried again does not depend on a policy of the file',
  allowed_fails_policy:
    'is left out: health.breaker.byKind of a pool is the like, with failures in a row',
  retry_after: 'is left out: waiting follows what the provider says, or grows with each attempt',
  max_fallbacks: 'is left out: the deadline and the budget bound how many are tried',
  disable_cooldowns: 'is left out: a target that keeps failing is always left out for a while',
  tag_filtering_match_any: 'is left out: a target must have all the tags a request asks for',
  routing_strategy_args: 'is left out: the strategy has options of its own',
  debug_level: 'is left out: log.level says what is logged',
  set_verbose: 'is left out: log.level says what is logged',
  optional_pre_call_checks:
    'is left out: limits are always enforced, and consistent-hash keeps a user at one target',
  provider_budget_config: 'is left out: budget of a target or a pool is the like',
  client_ttl: 'is left out: connections are kept by the adapters',
  cache_responses: noCache,
  cache_kwargs: noCache,
  caching_groups: noCache,
  cache_params: noCache,
};

export const whyOfLiteLLM: Why = {
  drop_params:
    'is left out: parameters a provider does not know are handed on, and it refuses them',
  modify_params: 'is left out: parameters are handed on as they are',
  set_verbose: 'is left out: log.level says what is logged',
  json_logs: 'is left out: the log is JSON always',
  telemetry: 'is left out: nothing is sent home',
  turn_off_message_logging: 'is left out: content is never logged',
  redact_user_api_key_info: 'is left out: keys are never logged',
  max_budget:
    'is left out: LiteLLM counts it per budget_duration; state budgets.usdPerDay or .usdPerMonth',
  budget_duration: 'is left out with max_budget',
  ...all(['cache', 'cache_params', 'enable_caching_on_provider_specific_optional_params'], noCache),
  ...all(
    [
      'success_callback',
      'failure_callback',
      'callbacks',
      'service_callback',
      'service_callbacks',
      'langfuse_default_tags',
    ],
    noCallbacks,
  ),
  ...all(
    [
      'default_team_settings',
      'default_internal_user_params',
      'max_internal_user_budget',
      'upperbound_key_generate_params',
      'key_generation_settings',
    ],
    noUsers,
  ),
  ssl_verify: 'is left out: certificates are always verified',
  force_ipv4: 'is left out: the system chooses',
  max_parallel_requests: 'is left out: limits.concurrency of a target bounds requests at once',
};

export const whyOfGeneral: Why = {
  ...all(
    [
      'database_url',
      'database_connection_pool_limit',
      'database_connection_timeout',
      'store_model_in_db',
      'allow_requests_on_db_unavailable',
      'disable_spend_logs',
      'proxy_batch_write_at',
      'proxy_budget_rescheduler_min_time',
      'proxy_budget_rescheduler_max_time',
      'store_prompts_in_spend_logs',
      'maximum_spend_logs_retention_period',
      'maximum_spend_logs_retention_interval',
      'disable_error_logs',
    ],
    noDatabase,
  ),
  ...all(
    ['alerting', 'alerting_threshold', 'alert_types', 'alert_to_webhook_url', 'alerting_args'],
    'is left out: alert rules for Prometheus come with the gateway',
  ),
  ...all(
    [
      'enable_jwt_auth',
      'litellm_jwtauth',
      'custom_auth',
      'enforce_user_param',
      'ui_access_mode',
      'default_team_id',
      'user_header_name',
    ],
    noUsers,
  ),
  ...all(
    ['key_management_system', 'key_management_settings'],
    'is left out: keys come from the environment',
  ),
  background_health_checks: 'is left out: health.probe of a pool is the like',
  health_check_interval: 'is left out: health.probe.every of a pool is the like',
  max_parallel_requests: 'is left out: limits.concurrency of a target bounds requests at once',
  global_max_parallel_requests:
    'is left out: limits.concurrency of a target bounds requests at once',
  completion_model: 'is left out: a request must name a model',
  pass_through_endpoints: 'is left out: only the paths of the API are served',
  infer_model_from_keys: 'is left out: pools stand in the configuration',
};

export const whyOfSections: Why = {
  environment_variables: 'is left out: set them in the environment of the gateway',
  include: 'is left out: import the included files, too, and put the results together',
  finetune_settings: 'is left out: fine-tuning is not served',
  files_settings: 'is left out: files have no targets of their own',
  guardrails: 'is left out: content is not looked at',
  mcp_servers: 'is left out: tools are not served',
  mcp_tools: 'is left out: tools are not served',
  vector_store_registry: 'is left out: vector stores are not served',
  search_tools: 'is left out: search is not served',
  prompts: 'is left out: prompts are not changed',
  assistant_settings: 'is left out: assistants are not served',
  callback_settings: noCallbacks,
  credential_list: 'is left out: keys stand at targets, as references to the environment',
};
