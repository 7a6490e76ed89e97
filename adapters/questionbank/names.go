package questionbank

import "strings"

// synonyms has a line for each name of a technology or field that has others.
// A star stands for any ending. A name that stands after several colons counts
// as each; one that stands after none means nothing here, so that its words
// are not taken for something else.
var synonyms = pairs(`
go: golang, go lang
javascript: js, java script, ecmascript, es6, vanilla js
typescript: ts
nodejs: node, node js, express js, nest js
react: react js, reactjs, next js, nextjs, redux
vue: vue js, vuejs, vue 3, nuxt, nuxt js
angular: angular js, angularjs, rxjs
react native: expo
css: css3, scss, sass, tailwind, tailwindcss
html: html5
python: py, python3
django: drf
java: java ee, jakarta ee, j2ee, jdk
spring: spring boot, springboot, spring framework, spring cloud, spring mvc, spring data, spring security, spring webflux
hibernate: jpa
csharp: c sharp
dotnet: net core, asp net, asp net core, asp dotnet, dotnet core, entity framework, ef core, vb net
cpp: qt
rust: rustlang
rails: ruby on rails, ror
android: jetpack compose, android sdk
ios: swiftui, uikit, objective c
kotlin: kotlin multiplatform, kmp
sql: t sql, pl sql, plsql, tsql, ms sql, mssql, sql server, oracle
postgresql: postgres, pg, psql, postgre
mysql: mariadb
mongodb: mongo
elasticsearch: elastic search, opensearch
kafka: apache kafka
rabbitmq: rabbit mq
messaging: message queues, message queue, message broker, message brokers
spark: pyspark, apache spark, databricks
airflow: apache airflow, dagster
flink: apache flink
grpc: protobuf
rest: rest api, rest apis, restful, restful api, restful apis
kubernetes: k8s, k3s, openshift, eks, gke, aks
docker: containers, docker compose
helm: helm charts, helm chart
terraform: opentofu, infrastructure as code, iac
ci cd: ci, github actions, gitlab ci, jenkins, teamcity, circleci, argocd, argo cd, gitops
aws: amazon web services
gcp: google cloud, google cloud platform
observability: monitoring, prometheus, grafana, opentelemetry, datadog
linux: unix, ubuntu, debian, rhel, bash
networking: tcp ip, dns, vpc, vpn, network engineer, мереж*
database: databases, dba, nosql, бази даних, баз даних, базами даних, базу даних
backend: back end, бекенд*, бек енд, бэкенд*
frontend: front end, фронтенд*, фронт енд, верстальни*
backend: full stack, fullstack, фулстек*, фуллстек*
frontend: full stack, fullstack, фулстек*, фуллстек*
mobile: mobile app, mobile apps, mobile application, mobile applications, мобільн*
microservices: microservice, micro services, мікросервіс*
devops: dev ops, platform engineer, platform engineering, platform team, infrastructure engineer, cloud engineer, девопс*, системний адміністратор, системного адміністратора
cloud: cloud engineer, хмар*
sre: site reliability, site reliability engineer, site reliability engineering
data engineering: data engineer, data engineers, data platform, data pipeline, data pipelines, data warehouse, dwh, etl developer, dbt, snowflake, інженер даних, інженера даних, сховище даних, сховища даних
data science: data scientist, data scientists
machine learning: ml, mlops, deep learning, pytorch, tensorflow, scikit learn, machine learning engineer, машинне навчання, машинного навчання
llm: llms, large language models, large language model, rag, generative ai, genai, gen ai
analytics: data analyst, product analyst, bi, business intelligence, power bi, tableau, looker, bi analyst, аналітик*
security: application security, information security, product security, cyber security, cybersecurity, infosec, appsec, devsecops, penetration testing, penetration tester, pentest, pentester, owasp, soc analyst, кібербезпек*, безпек*
testing: tester, software tester, unit tests, тестуван*, тестувальни*
qa: quality assurance, quality engineer, manual qa, qc, tester, тестувальни*, sdet
test automation: automation qa, qa automation, automated testing, automated tests, autotests, sdet, selenium, playwright, cypress, автотест*
architecture: architect, solution architect, software architect, архітектор*
system design: architect, distributed systems, high load, highload, розподілені системи, розподілених систем, проєктування систем
management: engineering manager, development manager, head of engineering, head of development, director of engineering, vp of engineering, vp engineering, cto, people manager, delivery manager, керівник*
lead: team lead, tech lead, teamlead, techlead, тімлід*, тімлід*, техлід*
embedded: firmware, rtos, freertos, zephyr, microcontroller, microcontrollers, мікроконтролер*
embedded: embedded linux
accessibility: a11y, wcag
: go to market, go live, the rest, rest assured, data driven, social security, lead generation, lead time
`)

// implied says what those who work with a technology, or in a field, know as
// well.
var implied = pairs(`
go: backend
java: backend
csharp: backend, dotnet
dotnet: backend, csharp
php: backend
ruby: backend
nodejs: backend, javascript
express: backend, nodejs
nestjs: backend, nodejs
spring: backend, java
hibernate: java, sql
django: backend, python
fastapi: backend, python
flask: backend, python
laravel: backend, php
symfony: backend, php
rails: backend, ruby
scala: jvm
react: frontend, javascript
vue: frontend, javascript
angular: frontend, javascript, typescript
typescript: javascript
javascript: frontend
css: frontend
html: frontend
frontend: javascript, html, css
android: mobile, kotlin
ios: mobile, swift
swift: mobile, ios
flutter: mobile
react native: mobile
c: embedded
cpp: c
embedded: c
postgresql: sql, database
mysql: sql, database
mongodb: database
redis: database
database: sql
kafka: messaging
rabbitmq: messaging
grpc: api
graphql: api
rest: api
backend: api
spark: data engineering
airflow: data engineering
flink: data engineering, streaming
data engineering: data, etl, sql
data science: machine learning, data
machine learning: data science
llm: machine learning
analytics: data, sql
kubernetes: devops
helm: kubernetes
terraform: devops
ci cd: devops
aws: cloud
azure: cloud
gcp: cloud
devops: sre, linux, ci cd
sre: devops, linux, observability
test automation: qa, testing
qa: testing
testing: qa
architecture: system design
system design: architecture
lead: management
management: lead
`)

// platforms are technologies by their kind. Who works with one is not asked
// about another one of its kind.
var platforms = map[string]string{
	"react": "frontend", "vue": "frontend", "angular": "frontend",
	"android": "mobile", "ios": "mobile", "swift": "mobile", "flutter": "mobile", "react native": "mobile",
	"nodejs": "backend",
	"kafka":  "messaging", "rabbitmq": "messaging",
	"graphql": "api", "grpc": "api",
	"spark": "batch", "airflow": "workflow",
	"kubernetes": "cluster", "terraform": "infrastructure",
	"aws": "cloud", "azure": "cloud", "gcp": "cloud",
}

// everyday are names that are everyday words as well, and how they are written
// as a name; without that, they are a name only in a list of technologies.
var everyday = map[string]string{
	"go": "Go", "react": "React", "rust": "Rust", "swift": "Swift", "spring": "Spring", "rest": "REST", "express": "Express",
	"node": "Node", "helm": "Helm", "spark": "Spark", "flask": "Flask", "c": "", "ts": "TS", "js": "JS", "pg": "", "py": "", "ror": "",
	"expo": "Expo", "oracle": "Oracle", "containers": "", "lambda": "Lambda", "ruby": "Ruby", "angular": "Angular", "flutter": "Flutter",
	"ml": "ML", "bi": "BI", "iac": "IaC", "ci": "CI", "qt": "Qt", "llm": "LLM", "rag": "RAG", "iam": "IAM",
}

// vague are names that say little about a job where they stand in running
// text: every company takes security seriously.
var vague = set("data", "lead", "management", "performance", "testing", "security", "mobile", "architecture", "networking",
	"messaging", "streaming", "monitoring", "analytics", "ai", "architect", "tester", "unit tests", "tracing", "team lead", "tech lead",
	"engineering manager", "cto", "tls", "qa", "accessibility",
	"аналітик", "безпек", "тестуван", "тестувальни", "керівник", "тімлід", "техлід", "архітектор", "мереж", "верстальни", "хмар")

// trades are fields that are the whole of a job where they stand in its title.
var trades = set("qa", "testing", "test automation", "security", "devops", "sre", "data engineering", "data science",
	"machine learning", "analytics", "mobile", "embedded", "database", "management")

// wide are fields that say less of a job than its technologies do.
var wide = set("backend", "frontend")

// fields are names of work rather than of technologies.
var fields = set("backend", "frontend", "mobile", "devops", "sre", "cloud", "ci cd", "observability", "linux", "networking",
	"data", "etl", "data engineering", "data science", "machine learning", "llm", "analytics", "database", "security",
	"testing", "qa", "test automation", "accessibility", "performance", "embedded", "management", "lead", "architecture",
	"system design", "microservices", "messaging", "api")

// common are fields that everybody can be asked about. A question of nothing
// else fits any job, if only faintly.
var common = set("testing", "qa", "test automation", "system design", "architecture", "backend", "api", "rest", "security",
	"database", "sql")

// pairs reads lines "name: other, other".
func pairs(lines string) (list [][2]string) {
	for line := range strings.Lines(lines) {
		name, others, _ := strings.Cut(line, ":")
		for other := range strings.SplitSeq(others, ",") {
			if other = strings.TrimSpace(other); other != "" {
				list = append(list, [2]string{strings.TrimSpace(name), other})
			}
		}
	}
	return list
}

func set(list ...string) map[string]bool {
	m := make(map[string]bool, len(list))
	for _, s := range list {
		m[s] = true
	}
	return m
}
